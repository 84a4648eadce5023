"""One file a step; a step that has shipped is never changed."""
