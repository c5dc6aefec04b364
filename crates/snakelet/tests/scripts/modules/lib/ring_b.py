import ring_a

# the other module is only half done
seen = ring_a.first, hasattr(ring_a, "second")
