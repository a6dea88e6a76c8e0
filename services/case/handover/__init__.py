"""Handover (離職交接): the cases of somebody who leaves get their successors in one screen."""
