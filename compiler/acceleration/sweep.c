/* The sweep of a compiled connectome, forward and backward. A column is one feature of one sample;
   columns are computed in blocks whose states stay in cache, and blocks by several threads.

   Neuron v adds up its inputs from outside and gain[order[e]] * state of source[e] for every e from
   first[v] to first[v + 1] - 1. A source is a neuron before v, or stands behind all neurons: a state
   of the step before. The state of v is the activation of the sum and bias[v]; or, with -DD=features,
   of the D x D matrix weight[v] times the sum, and D biases.

   library.py builds this once for each type, activation and unit: -DREAL=float -DSINGLE -DTANH */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifdef D
#define MATRIX (D * D)
#define W (8 * D) /* columns of a block */
#define PARTS 4   /* of a batch, at most, whose gradients are summed apart, for any number of threads */
#define LEAST 8   /* blocks of a part: it has gradients of its own, and here they are large */
#else
#define D 1
#define MATRIX 0
#define W 64
#define PARTS 16
#define LEAST 1
#endif
#define EACH(j, n) for (long j = 0; j < (n); j++)
#define AT_ONCE(j, n) _Pragma("omp simd") EACH(j, n)

typedef REAL Real;
typedef struct {
    long rows, gains, sensors, motors, before, batch, features, threads;
    const long *first;                           /* (rows + 1,) */
    const int *source, *order, *sensor, *motor;  /* sensor, motor: rows, -1 of a neuron on no path */
    const Real *gain, *bias, *weight;            /* bias (rows[, D]), weight (rows, D, D) */
    const Real *inputs, *past;                   /* (batch, sensors or before, features) */
} Sweep;

#define ONE 9.01084f /* the floats above have 1 for their tanh; without, a slope stays, and a sum of 1e6 times it */
static inline Real tanh_of(Real given) {
#ifdef SINGLE /* a rational function without branches, |error| < 4e-7; +-1 from where tanhf is */
    Real x = given > 7.9f ? 7.9f : given < -7.9f ? -7.9f : given, z = x * x;
    Real p = -2.76076847742355e-16f, q = 1.19825839466702e-06f;
    p = p * z + 2.00018790482477e-13f, p = p * z - 8.60467152213735e-11f;
    p = p * z + 5.12229709037114e-08f, p = p * z + 1.48572235717979e-05f;
    p = p * z + 6.37261928875436e-04f, p = p * z + 4.89352455891786e-03f;
    q = q * z + 1.18534705686654e-04f, q = q * z + 2.26843463243900e-03f;
    q = q * z + 4.89352518554385e-03f;
    Real y = given > ONE ? 1 : given < -ONE ? -1 : x * p / q;
    return given == given ? y : given; /* NaN stays */
#else
    return tanh(given);
#endif
}
static inline Real sigmoid_of(Real m) { return (Real)0.5 + (Real)0.5 * tanh_of((Real)0.5 * m); }

/* the state y of a sum m, and its slope there; SUMS where the slope is not known from y alone */
#if defined(TANH)
#define STATE(m) tanh_of(m)
#define SLOPE(y, m) (1 - (y) * (y))
#elif defined(SIGMOID)
#define STATE(m) sigmoid_of(m)
#define SLOPE(y, m) ((y) * (1 - (y)))
#elif defined(RELU)
#define STATE(m) ((m) <= 0 ? 0 : (m))
#define SLOPE(y, m) ((y) > 0)
#elif defined(HARDTANH)
#define STATE(m) ((m) > 1 ? 1 : (m) < -1 ? -1 : (m))
#define SLOPE(y, m) ((y) > -1 && (y) < 1)
#elif defined(ELU)
#define STATE(m) ((m) > 0 ? (m) : (Real)expm1(m))
#define SLOPE(y, m) ((y) > 0 ? 1 : (y) + 1)
#elif defined(SILU)
#define SUMS
#define STATE(m) ((m) * sigmoid_of(m))
#define SLOPE(y, m) (sigmoid_of(m) * (1 + (m) * (1 - sigmoid_of(m))))
#elif defined(GELU)
#define SUMS
#define NORMAL(m) ((Real)0.5 * (1 + (Real)erf((m) * (Real)0.70710678118654752440)))
#define STATE(m) ((m) * NORMAL(m))
#define SLOPE(y, m) (NORMAL(m) + (m) * (Real)exp((Real)-0.5 * (m) * (m)) * (Real)0.39894228040143267794)
#else
#define STATE(m) (m)
#define SLOPE(y, m) 1
#endif
#ifdef SUMS
#define KEPT 2 /* numbers kept of a neuron for the gradients: its state and its sum */
#else
#define KEPT (MATRIX ? 2 : 1)
#endif

/* the transpose of a matrix */
static inline void turn(const Real *weight, Real *turned) {
    EACH(i, D) EACH(k, D) turned[k * D + i] = weight[i * D + k];
}

/* a of each sample: bias (0: none) + the transpose of weight times a; four samples at a time, so that
   a row of weight is read once for all */
static inline void multiply(long n, const Real *weight, const Real *bias, Real *a) {
    for (long c = 0, some; c < n; c += some * D) {
        Real sum[4 * D];
        some = n - c < 4 * D ? 1 : 4;
        EACH(j, some * D) sum[j] = bias ? bias[j % D] : 0;
        if (some == 4) EACH(k, D) EACH(q, 4) AT_ONCE(i, D) sum[q * D + i] += a[c + q * D + k] * weight[k * D + i];
        else EACH(k, D) AT_ONCE(i, D) sum[i] += a[c + k] * weight[k * D + i];
        memcpy(a + c, sum, some * D * sizeof(Real));
    }
}

/* y: states of n columns, at first what comes in from outside; behind them the sums */
static inline void fire(long n, const Sweep *s, const Real *turned, Real *y) {
    Real *sums = y + (s->rows + s->before) * n;
    EACH(v, s->rows) {
        Real *a = y + v * n;
        if (!MATRIX) EACH(j, n) a[j] += s->bias[v];
        for (long e = s->first[v]; e < s->first[v + 1]; e++) {
            const Real *x = y + s->source[e] * n, gain = s->gain[s->order[e]];
            AT_ONCE(j, n) a[j] += gain * x[j];
        }
        if (KEPT > 1) memcpy(sums + v * n, a, n * sizeof(Real));
        if (MATRIX) multiply(n, turned + v * MATRIX, s->bias + v * D, a);
        EACH(j, n) a[j] = STATE(a[j]);
    }
}

/* d: gradients by the states, at first those of the outputs; adds to those of gain, bias, weight */
static inline void pull(long n, const Sweep *s, const Real *y, Real *d, Real *gain) {
    const Real *sums = y + (s->rows + s->before) * n;
    Real *bias = gain + s->gains, *weight = bias + s->rows * D;
    for (long v = s->rows - 1; v >= 0; v--) {
        Real a[W], m[W];
        if (KEPT > 1) memcpy(m, sums + v * n, n * sizeof(Real));
#ifdef SUMS
        Real turned[MATRIX + 1];
        if (MATRIX) turn(s->weight + v * MATRIX, turned), multiply(n, turned, s->bias + v * D, m);
#endif
        EACH(j, n) a[j] = d[v * n + j] * SLOPE(y[v * n + j], m[j]);
        for (long c = 0; c < n; c += D) EACH(k, D) bias[v * D + k] += a[c + k];
        if (MATRIX) {
            EACH(i, D) {
                Real *w = weight + v * MATRIX + i * D;
                for (long c = 0; c < n; c += D) AT_ONCE(k, D) w[k] += a[c + i] * sums[v * n + c + k];
            }
            multiply(n, s->weight + v * MATRIX, 0, a);
        }
        memcpy(d + v * n, a, n * sizeof(Real));
        for (long e = s->first[v]; e < s->first[v + 1]; e++) {
            const Real *x = y + s->source[e] * n, g = s->gain[s->order[e]];
            Real *u = d + s->source[e] * n, sum = 0;
            EACH(j, n) sum += a[j] * x[j], u[j] += g * a[j];
            gain[s->order[e]] += sum;
        }
    }
}

/* f for n columns; the widths of a full block and of one sample are known when it is compiled */
#define OF_WIDTH(f, n, ...) (n == W ? f(W, __VA_ARGS__) : n == D ? f(D, __VA_ARGS__) : f(n, __VA_ARGS__))

/* the places of the n columns from c on in row 0 of a tensor (batch, wide, features) */
static inline void columns(const Sweep *s, long c, long n, long wide, long *at) {
    EACH(j, n) at[j] = (c + j) / s->features * wide * s->features + (c + j) % s->features;
}

static Real *room(long size) { return aligned_alloc(64, (size * sizeof(Real) / 64 + 1) * 64); }

/* Outputs (batch, motors, features), and the states of all columns in `kept` unless that is 0.
   Returns 1 where there is no memory, else 0. */
int forward(const Sweep *s, Real *kept, Real *outputs) {
    long all = s->batch * s->features, F = s->features, size = KEPT * s->rows + s->before;
    Real *turned = room(s->rows * MATRIX);
    int failed = 0;
    if (MATRIX && turned) EACH(v, s->rows) turn(s->weight + v * MATRIX, turned + v * MATRIX);
#pragma omp parallel num_threads(s->threads) if (all > W) reduction(| : failed)
    {
        Real *own = kept ? 0 : room(size * W);
        failed = !turned || (!kept && !own);
#pragma omp for schedule(static)
        for (long c = 0; c < all; c += W) {
            if (failed) continue;
            long n = all - c < W ? all - c : W, in[W], old[W], out[W];
            Real *y = kept ? kept + c * size : own;
            columns(s, c, n, s->sensors, in), columns(s, c, n, s->before, old), columns(s, c, n, s->motors, out);
            memset(y, 0, s->rows * n * sizeof(Real));
            EACH(k, s->sensors) if (s->sensor[k] >= 0)
                EACH(j, n) y[s->sensor[k] * n + j] += s->inputs[in[j] + k * F];
            EACH(k, s->before) EACH(j, n) y[(s->rows + k) * n + j] = s->past[old[j] + k * F];
            OF_WIDTH(fire, n, s, turned, y);
            EACH(k, s->motors) EACH(j, n)
                outputs[out[j] + k * F] = s->motor[k] < 0 ? 0 : y[s->motor[k] * n + j];
        }
        free(own);
    }
    free(turned);
    return failed;
}

/* From the gradient of the outputs those of inputs and past (0: not wanted), and in `sums`, one behind
   the other, those of gain, bias and weight. Parts of the batch are summed in their order. */
int backward(const Sweep *s, const Real *kept, const Real *grad, Real *inputs, Real *past, Real *sums) {
    long all = s->batch * s->features, F = s->features, blocks = (all + W - 1) / W;
    long most = (blocks + LEAST - 1) / LEAST, parts = most < PARTS ? most : PARTS, size = s->gains + s->rows * (D + MATRIX);
    Real *rest = calloc(parts > 1 ? (parts - 1) * size : 1, sizeof(Real)); /* of all parts but the first */
    int failed = !rest;
    memset(sums, 0, size * sizeof(Real));
#pragma omp parallel num_threads(s->threads) if (parts > 1) reduction(| : failed)
    {
        Real *d = room((s->rows + s->before) * W);
        failed |= !d;
#pragma omp for schedule(static)
        for (long part = 0; part < parts; part++) {
            if (failed || !rest) continue;
            Real *own = part ? rest + (part - 1) * size : sums;
            for (long c = blocks * part / parts * W; c < blocks * (part + 1) / parts * W && c < all; c += W) {
                long n = all - c < W ? all - c : W, in[W], old[W], out[W];
                columns(s, c, n, s->sensors, in), columns(s, c, n, s->before, old), columns(s, c, n, s->motors, out);
                memset(d, 0, (s->rows + s->before) * n * sizeof(Real));
                EACH(k, s->motors) if (s->motor[k] >= 0)
                    EACH(j, n) d[s->motor[k] * n + j] += grad[out[j] + k * F];
                OF_WIDTH(pull, n, s, kept + c * (KEPT * s->rows + s->before), d, own);
                if (inputs) EACH(k, s->sensors) EACH(j, n)
                    inputs[in[j] + k * F] = s->sensor[k] < 0 ? 0 : d[s->sensor[k] * n + j];
                if (past) EACH(k, s->before) EACH(j, n) past[old[j] + k * F] = d[(s->rows + k) * n + j];
            }
        }
        free(d);
    }
    if (!failed) EACH(part, parts - 1) EACH(k, size) sums[k] += rest[part * size + k];
    free(rest);
    return failed;
}
