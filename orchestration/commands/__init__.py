"""What a person types: the subcommands of `ogi`, and the words that they print. Nothing imports this room."""
