/* The sweep of a compiled connectome: neuron after neuron, over columns in blocks that stay in cache.

   A column is one feature of one sample. Neuron v adds up bias[v], its inputs from outside, gain *
   state of the neurons source[first[v]] .. source[first[v + 1] - 1], all before v, and late_gain *
   the state of the step before of late_source[late_first[v]] .. ; its state is the activation of
   that. library.py builds it once for each type, activation and unit: -DREAL=float -DSINGLE -DTANH */
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* With -DD=features a neuron has a D x D matrix and D biases, else a bias for all features. A batch is
   summed in PARTS parts at most, whoever computes them. */
#ifdef D
#define W (8 * D) /* columns of a block */
#define PARTS 4
#define WEIGHTS (D * D)
#else
#define D 1
#define W 64
#define PARTS 16
#define WEIGHTS 0
#endif
#define EACH(j, n) for (long j = 0; j < (n); j++)

typedef REAL Real;

/* What a sweep works on. Rows are neurons; -1: a neuron that is on no path. */
typedef struct {
    long rows, sensors, motors, before, batch, features, threads;
    const long *first, *late_first;                          /* (rows + 1,) */
    const int *source, *late_source, *sensor, *motor;        /* rows, those of late_source of `past` */
    const Real *gain, *late_gain, *bias, *weight, *inputs, *past; /* weight (rows, D, D), inputs (batch, sensors, features) */
} Sweep;

static inline Real tanh_of(Real given) {
#ifdef SINGLE /* |error| < 4e-7, no branches */
    Real x = given > 7.9f ? 7.9f : given < -7.9f ? -7.9f : given, z = x * x;
    Real p = -2.76076847742355e-16f, q = 1.19825839466702e-06f;
    p = p * z + 2.00018790482477e-13f; p = p * z - 8.60467152213735e-11f;
    p = p * z + 5.12229709037114e-08f; p = p * z + 1.48572235717979e-05f;
    p = p * z + 6.37261928875436e-04f; p = p * z + 4.89352455891786e-03f;
    q = q * z + 1.18534705686654e-04f; q = q * z + 2.26843463243900e-03f;
    q = q * z + 4.89352518554385e-03f;
    return given == given ? x * p / q : given; /* NaN stays */
#else
    return tanh(given);
#endif
}
static inline Real sigmoid_of(Real x) { return (Real)0.5 + (Real)0.5 * tanh_of((Real)0.5 * x); }

/* state of a sum m; slope of the state y by it, from y alone or, with SUMS, from m */
#if defined(TANH)
#define STATE_OF(m) tanh_of(m)
#define SLOPE(y, m) (1 - (y) * (y))
#elif defined(SIGMOID)
#define STATE_OF(m) sigmoid_of(m)
#define SLOPE(y, m) ((y) * (1 - (y)))
#elif defined(RELU)
#define STATE_OF(m) ((m) > 0 ? (m) : (m) == (m) ? 0 : (m))
#define SLOPE(y, m) ((y) > 0)
#elif defined(HARDTANH)
#define STATE_OF(m) ((m) > 1 ? 1 : (m) < -1 ? -1 : (m))
#define SLOPE(y, m) ((y) > -1 && (y) < 1)
#elif defined(ELU)
#define STATE_OF(m) ((m) > 0 ? (m) : (Real)expm1(m))
#define SLOPE(y, m) ((y) > 0 ? 1 : (y) + 1)
#elif defined(SILU)
#define SUMS
#define STATE_OF(m) ((m) * sigmoid_of(m))
#define SLOPE(y, m) (sigmoid_of(m) * (1 + (m) * (1 - sigmoid_of(m))))
#elif defined(GELU)
#define SUMS
#define STATE_OF(m) ((m) * (Real)0.5 * (1 + (Real)erf((m) * (Real)0.70710678118654752440)))
#define SLOPE(y, m) ((Real)0.5 * (1 + (Real)erf((m) * (Real)0.70710678118654752440)) \
                     + (m) * (Real)exp((Real)-0.5 * (m) * (m)) * (Real)0.39894228040143267794)
#else
#define STATE_OF(m) (m)
#define SLOPE(y, m) 1
#endif
#ifdef SUMS
#define KEPT (WEIGHTS ? 3 : 2) /* behind the states stand the sums, what the matrices make of them last */
#else
#define KEPT (WEIGHTS ? 2 : 1)
#endif

/* the places in (samples, wide, features) of row 0 in the n columns from c on */
static inline void columns_of(const Sweep *s, long c, long n, long wide, long *at) {
    EACH(j, n) at[j] = (c + j) / s->features * wide * s->features + (c + j) % s->features;
}

/* a[j] += factor * b[j]; the widths of a full block and of one column are known at compile time */
#define ADD(n, a, factor, b) EACH(j, n) (a)[j] += (factor) * (b)[j]
#define OF_WIDTH(f, n, ...) do { if ((n) == W) f(W, __VA_ARGS__); else if ((n) == D) f(D, __VA_ARGS__); else f(n, __VA_ARGS__); } while (0)

/* a of each sample: bias + weight a, or with `back` the transpose of weight times a */
static inline void multiply(long n, const Real *weight, const Real *bias, int back, Real *a) {
    for (Real *m = a; m < a + n; m += D) {
        Real sum[D];
        EACH(i, D) sum[i] = bias ? bias[i] : 0;
        if (back) EACH(i, D) ADD(D, sum, m[i], weight + i * D);
        else EACH(i, D) EACH(k, D) sum[i] += weight[i * D + k] * m[k];
        memcpy(m, sum, sizeof sum);
    }
}

static inline void fire(long n, const Sweep *s, Real *y) {
    Real *sums = y + s->rows * W, *last = y + (KEPT - 1) * s->rows * W; /* places of what is kept beside */
    (void)last, (void)sums;
    for (long v = 0; v < s->rows; v++) {
        Real a[W];
        memcpy(a, y + v * n, n * sizeof(Real));
        for (long e = s->first[v]; e < s->first[v + 1]; e++) ADD(n, a, s->gain[e], y + s->source[e] * n);
        if (WEIGHTS) {
            memcpy(sums + v * n, a, n * sizeof(Real));
            multiply(n, s->weight + v * WEIGHTS, s->bias + v * D, 0, a);
        }
#ifdef SUMS
        memcpy(last + v * n, a, n * sizeof(Real));
#endif
        EACH(j, n) y[v * n + j] = STATE_OF(a[j]);
    }
}

/* sums: of the gains, those of the step before (`late` of them), biases, matrices */
static inline void pull(long n, const Sweep *s, const Real *y, Real *d, Real *gain, long late) {
    const Real *sums = y + s->rows * W, *last = y + (KEPT - 1) * s->rows * W;
    Real *bias = gain + s->first[s->rows] + late, *weight = bias + s->rows * D;
    (void)last, (void)sums; /* not every slope needs them */
    for (long v = s->rows - 1; v >= 0; v--) {
        Real a[W];
        EACH(j, n) a[j] = d[v * n + j] * SLOPE(y[v * n + j], last[v * n + j]);
        EACH(j, n) bias[v * D + j % D] += a[j];
        if (WEIGHTS) {
            for (long c = 0; c < n; c++) ADD(D, weight + v * WEIGHTS + c % D * D, a[c], sums + v * n + c - c % D);
            multiply(n, s->weight + v * WEIGHTS, 0, 1, a);
        }
        memcpy(d + v * n, a, n * sizeof(Real));
        for (long e = s->first[v]; e < s->first[v + 1]; e++) {
            const Real *x = y + s->source[e] * n, g = s->gain[e];
            Real *u = d + s->source[e] * n, sum = 0;
            EACH(j, n) { sum += a[j] * x[j]; u[j] += g * a[j]; }
            gain[e] += sum;
        }
    }
}

static Real *room(long size) { return aligned_alloc(64, (size * sizeof(Real) + 63) / 64 * 64); }

/* Outputs (batch, motors, features); states of all columns in `kept` where it is not 0. Returns 0, or 1 without memory. */
int forward(const Sweep *s, Real *kept, Real *outputs) {
    long columns = s->batch * s->features, failed = 0;
#pragma omp parallel num_threads(s->threads) if (columns > W) reduction(| : failed)
    {
        Real *own = kept ? 0 : room(KEPT * s->rows * W);
        failed = !kept && !own;
#pragma omp for schedule(static)
        for (long c = 0; c < columns; c += W) {
            if (failed) continue;
            long n = columns - c < W ? columns - c : W;
            Real *y = kept ? kept + c * KEPT * s->rows : own;
            long in[W], out[W], old[W], F = s->features;
            columns_of(s, c, n, s->sensors, in), columns_of(s, c, n, s->motors, out), columns_of(s, c, n, s->before, old);
            EACH(v, s->rows) EACH(j, n) y[v * n + j] = WEIGHTS ? 0 : s->bias[v];
            EACH(k, s->sensors) if (s->sensor[k] >= 0)
                EACH(j, n) y[s->sensor[k] * n + j] += s->inputs[in[j] + k * F];
            if (s->before) EACH(v, s->rows) for (long e = s->late_first[v]; e < s->late_first[v + 1]; e++)
                EACH(j, n) y[v * n + j] += s->late_gain[e] * s->past[old[j] + s->late_source[e] * F];
            OF_WIDTH(fire, n, s, y);
            EACH(k, s->motors) EACH(j, n)
                outputs[out[j] + k * F] = s->motor[k] < 0 ? 0 : y[s->motor[k] * n + j];
        }
        free(own);
    }
    return failed;
}

/* From the gradient of the outputs those of inputs and past (0: not wanted), and in `gain`, one behind the other, those of
   gain, late_gain, bias and weight. Parts of the batch are summed in their order, for any number of threads. */
int backward(const Sweep *s, const Real *kept, const Real *grad, Real *inputs, Real *past, Real *gain) {
    long columns = s->batch * s->features, blocks = (columns + W - 1) / W, parts = blocks < PARTS ? blocks : PARTS;
    long synapses = s->first[s->rows], late = s->before ? s->late_first[s->rows] : 0, size = synapses + late + s->rows * (D + WEIGHTS);
    Real *sums = parts > 1 ? calloc((parts - 1) * size, sizeof(Real)) : 0; /* the first part stands in `gain` */
    int failed = parts > 1 && !sums;
    memset(gain, 0, size * sizeof(Real));
#pragma omp parallel num_threads(s->threads) if (parts > 1) reduction(| : failed)
    {
        Real *d = room(s->rows * W);
        failed |= !d;
#pragma omp for schedule(static)
        for (long part = 0; part < parts; part++) {
            if (failed) continue;
            Real *own = part ? sums + (part - 1) * size : gain, *own_late = own + synapses;
            for (long c = blocks * part / parts * W; c < blocks * (part + 1) / parts * W && c < columns; c += W) {
                long n = columns - c < W ? columns - c : W, in[W], out[W], old[W], F = s->features;
                columns_of(s, c, n, s->sensors, in), columns_of(s, c, n, s->motors, out), columns_of(s, c, n, s->before, old);
                memset(d, 0, s->rows * n * sizeof(Real));
                EACH(k, s->motors) if (s->motor[k] >= 0)
                    EACH(j, n) d[s->motor[k] * n + j] += grad[out[j] + k * F];
                OF_WIDTH(pull, n, s, kept + c * KEPT * s->rows, d, own, late);
                if (inputs) EACH(k, s->sensors) EACH(j, n)
                    inputs[in[j] + k * F] = s->sensor[k] < 0 ? 0 : d[s->sensor[k] * n + j];
                if (s->before) EACH(v, s->rows) for (long e = s->late_first[v]; e < s->late_first[v + 1]; e++) EACH(j, n) {
                    long at = old[j] + s->late_source[e] * F;
                    own_late[e] += d[v * n + j] * s->past[at];
                    if (past) past[at] += s->late_gain[e] * d[v * n + j]; /* zeroed by the caller */
                }
            }
        }
        free(d);
    }
    if (!failed) for (long part = 1; part < parts; part++) ADD(size, gain, (Real)1, sums + (part - 1) * size);
    free(sums);
    return failed;
}
