"""Fields over a plane: heat maps, contours, decision regions."""
