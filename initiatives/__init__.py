"""Process 6, Initiative Management: charters, milestones, gates, benefits and the value ledger."""
