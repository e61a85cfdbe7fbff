"""What each answer says: results and words → specs, the same for a screen, a document and a slide."""
