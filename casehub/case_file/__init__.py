"""The case's pages: referring, opening what is sealed, who can see it, releasing and taking back."""
