"""What others do, in small: each file one method with its source, on the same logs as the scan, without the truth."""
