"""Telling people: kinds, the list in the portal, mail, one digest a day. announce() is the only call that tells anyone anything."""
