/* A small network through both functions of sweep.c, for tools that watch every access. */
#include "sweep.c"

#include <stdio.h>

int main(void) {
    enum { ROWS = 5, GAINS = 6, SENSORS = 3, MOTORS = 3, BEFORE = 2 };
    const long first[] = {0, 0, 1, 3, 5, 7}, batches[] = {0, 1, 3, 64, 65, 300};
    const int source[] = {0, 0, 1, 2, ROWS, 3, ROWS + 1}, order[] = {5, 4, 3, 2, 1, 0, 5};
    const int sensor[] = {0, -1, 1}, motor[] = {4, -1, 2};
    for (int round = 0; round < 24; round++) {
        long batch = batches[round % 6], features = round % 4 && !MATRIX ? 3 : D, before = round < 12 ? BEFORE : 0;
        long columns = batch * features, size = GAINS + ROWS * (D + MATRIX);
        Real *numbers = calloc(size + columns * (SENSORS + BEFORE) + 1, sizeof(Real));
        Real *outputs = malloc(columns * MOTORS * sizeof(Real) + 1), *sums = malloc(size * sizeof(Real));
        Real *kept = malloc(columns * (KEPT * ROWS + before) * sizeof(Real) + 1), *inputs = numbers + size;
        Real *pulled = malloc(columns * (SENSORS + BEFORE) * sizeof(Real) + 1);
        long now[ROWS + 1];
        memcpy(now, first, sizeof now);
        if (!before) now[3] = 3, now[4] = 4, now[5] = 4; /* no read of the step before */
        EACH(j, size + columns * (SENSORS + BEFORE)) numbers[j] = (Real)0.01 * (j % 37 - 18);
        Sweep sweep = {ROWS, GAINS, SENSORS, MOTORS, before, batch, features, 1 + round % 3, now, source, order,
                       sensor, motor, numbers, numbers + GAINS, numbers + GAINS + ROWS * D, inputs,
                       inputs + columns * SENSORS};
        if (forward(&sweep, round % 2 ? kept : 0, outputs)) return 1;
        if (forward(&sweep, kept, outputs)) return 1;
        if (backward(&sweep, kept, outputs, pulled, before ? pulled + columns * SENSORS : 0, sums)) return 1;
        if (backward(&sweep, kept, outputs, 0, 0, sums)) return 1;
        Real all = 0;
        EACH(j, size) all += sums[j];
        if (!(all > -1e6 && all < 1e6)) return 2;
        free(numbers), free(outputs), free(sums), free(kept), free(pulled);
    }
    puts("clean");
    return 0;
}
