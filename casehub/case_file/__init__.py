"""The case's pages: referring, opening what is sealed, who can see it, giving, taking back."""
