"""Work in processes of its own: how it is started, followed, stopped and found again."""
