"""People of the sector who take part in training, supervision and sharing; kept apart from service users."""
