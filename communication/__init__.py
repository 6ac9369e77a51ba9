"""Process 5, Strategy Communication: messages, audiences, acknowledgements, pulses."""
