"""What threads and forked processes need of objects that they share."""
