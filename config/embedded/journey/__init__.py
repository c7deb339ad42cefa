"""The whole journey over HTTP, as a merchant's program and the people on the floor would do it."""
