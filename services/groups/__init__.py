"""Groups and activities, their meetings and attendance, and the sector's training, supervision and sharing."""
