"""What is printed: PDF files, drawn with a font of our own."""
