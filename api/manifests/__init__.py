"""Paper: what loaders and drivers hold in hand, as HTML, PDF and CSV."""
