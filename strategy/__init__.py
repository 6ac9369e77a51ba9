"""The shared model: strategies and their versions, perspectives, themes, objectives and links.

And what every process attaches to a Subject: updates, comments, attachments and action items.
"""
