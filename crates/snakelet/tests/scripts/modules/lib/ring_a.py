first = "a"
import ring_b

second = ring_b.seen
