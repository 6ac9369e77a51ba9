"""The API: access by the same policies as pages, pages of rows, errors in sentences."""
