"""What an author pastes into a manuscript: texts, numbers by name, references, the AGReMA checklist."""
