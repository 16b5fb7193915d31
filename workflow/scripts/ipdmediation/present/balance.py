"""What figure and page say alike of the arms at baseline."""

#: Standardised difference below which one is often called small.
SMALL_DIFFERENCE = 0.1
