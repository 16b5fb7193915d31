"""What can be stated in a configuration, as objects that know their own rules."""
