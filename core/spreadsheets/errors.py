"""What a file that cannot be read says: one sentence with file, row and column."""

from django.utils.translation import gettext as _


def located(sentence: str, *, file: str = "", row: int | None = None, line: int | None = None, column: str = "") -> str:
    """A sentence after its place: "mmr.csv, row 12, column 'Target': 'abc' is not a number."

    `row` counts rows as a spreadsheet program shows them (the first is 1); `line` is the line of a text file, said
    only where cells of several lines make the two differ.
    """
    place = [file] if file else []
    if row is not None and line is not None and line != row:
        place.append(_("row %(row)s (line %(line)s)") % {"row": row, "line": line})
    elif row is not None:
        place.append(_("row %(row)s") % {"row": row})
    elif line is not None:
        place.append(_("line %(line)s") % {"line": line})
    if column:
        place.append(_("column '%(column)s'") % {"column": column})
    if not place:
        return sentence
    words = ", ".join(place)
    return f"{words[0].upper() if not file else words[0]}{words[1:]}: {sentence}"


class SpreadsheetError(ValueError):
    """A table that cannot be read. The message is a sentence for people; the parts stand beside it."""

    def __init__(
        self, sentence: str, *, file: str = "", row: int | None = None, line: int | None = None, column: str = ""
    ) -> None:
        super().__init__(located(sentence, file=file, row=row, line=line, column=column))
        self.sentence = sentence
        self.file = file
        self.row = row
        self.line = line
        self.column = column

    def at(self, *, file: str) -> "SpreadsheetError":
        """The same refusal with the file's name, for parts that read bytes and know no name."""
        return SpreadsheetError(self.sentence, file=file, row=self.row, line=self.line, column=self.column)
