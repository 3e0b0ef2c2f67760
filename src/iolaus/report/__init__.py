"""What people look at: the HTML report and the same in a terminal."""
