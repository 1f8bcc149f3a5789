"""What tests share: toy models, strategies, runners, where things are."""

import os

# Before numpy and torch are loaded, here and in the processes that tests start: two workers
# share few cores, and threads that wait for each other cost most. Who asks for more has it.
os.environ.setdefault("OMP_NUM_THREADS", "1")
