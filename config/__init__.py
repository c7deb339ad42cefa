"""Settings, routes and processes of Waybridge."""
