"""The shared model: strategies and their versions, perspectives, themes, objectives, links; and what attaches to any Subject: updates, comments, attachments, action items."""
