"""What a figure says: evidence, sentences, wording."""
