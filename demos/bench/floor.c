/* The workloads moons and gpt, written by hand for one machine and one shape: the cost of an update when nothing is general.
   Doubles, one thread, no contraction of products and sums; built with the flags of the C backend. Arrays of parameters and gradients are in the order of parameters(). */

#include <string.h>

#define INLINE static inline __attribute__((always_inline))

#if defined(__AVX512F__)
#define LANES 8
#elif defined(__AVX__)
#define LANES 4
#else
#define LANES 2
#endif
typedef double lanes __attribute__((vector_size(8 * LANES), aligned(8), may_alias));
#define AT(p) (*(lanes *)(p))

static inline double across(lanes v) {
    double sum = 0;
    for (int l = 0; l < LANES; l++) sum += v[l];
    return sum;
}

/* y[j][l] = bias[j] + sum over i of w[j * by_row + i * by_term] * x[i][l], where j < rows, i < terms, l < width: `some` rows
   at once, from the j-th on. */
INLINE void rows_of_product(double *y, const double *w, long by_row, long by_term, const double *bias, const double *x, int j, int some, int terms, int width) {
    for (int l = 0; l < width; l += LANES) {
        lanes sum[4];
        for (int k = 0; k < some; k++) sum[k] = (lanes){0} + (bias ? bias[j + k] : 0);
        for (int i = 0; i < terms; i++)
            for (int k = 0; k < some; k++) sum[k] += w[(j + k) * by_row + i * by_term] * AT(x + i * width + l);
        for (int k = 0; k < some; k++) AT(y + (j + k) * width + l) = sum[k];
    }
}

INLINE void product(double *y, const double *w, long by_row, long by_term, const double *bias, const double *x, int rows, int terms, int width) {
    int j = 0;
    for (; j + 4 <= rows; j += 4) rows_of_product(y, w, by_row, by_term, bias, x, j, 4, terms, width);
    for (; j < rows; j++) rows_of_product(y, w, by_row, by_term, bias, x, j, 1, terms, width);
}

/* dw[j][i] = sum over l of g[j][l] * x[i][l]: `high` rows from the j-th on, `wide` terms from the i-th on. */
INLINE void block_of_outer(double *dw, const double *g, const double *x, int j, int high, int i, int wide, int terms, int width) {
    lanes sum[2][4] = {{{0}}};
    for (int l = 0; l < width; l += LANES)
        for (int h = 0; h < high; h++)
            for (int k = 0; k < wide; k++) sum[h][k] += AT(g + (j + h) * width + l) * AT(x + (i + k) * width + l);
    for (int h = 0; h < high; h++)
        for (int k = 0; k < wide; k++) dw[(j + h) * terms + i + k] = across(sum[h][k]);
}

/* The same for all of them; db[j] = sum over l of g[j][l]. */
INLINE void outer(double *dw, double *db, const double *g, const double *x, int rows, int terms, int width) {
    for (int j = 0; j < rows; j++) {
        lanes total = {0};
        for (int l = 0; l < width; l += LANES) total += AT(g + j * width + l);
        db[j] = across(total);
    }
    for (int j = 0; j < rows; j += rows > 1 ? 2 : 1)
        for (int i = 0; i < terms; i += terms > 2 ? 4 : 2)
            block_of_outer(dw, g, x, j, rows > 1 ? 2 : 1, i, terms > 2 ? 4 : 2, terms, width);
}

/* --- moons: MLP 2-16-16-1 on 100 points, hinge loss + decay * sum of squares, SGD ---------------------------------- */

enum { POINTS = 100, PADDED = 104, HIDDEN = 16, MOONS = 2 * 16 + 16 + 16 * 16 + 16 + 16 + 1 };

static double moons_update(double *p, double *g, const double *xs, const double *sides, double rate, double decay) {
    static double h1[HIDDEN * PADDED], h2[HIDDEN * PADDED], out[PADDED], d1[HIDDEN * PADDED], d2[HIDDEN * PADDED], d[PADDED];
    double *w1 = p, *b1 = w1 + 32, *w2 = b1 + 16, *b2 = w2 + 256, *w3 = b2 + 16, *b3 = w3 + 16;
    double *dw1 = g, *db1 = dw1 + 32, *dw2 = db1 + 16, *db2 = dw2 + 256, *dw3 = db2 + 16, *db3 = dw3 + 16;
    double loss = 0, squares = 0;
    product(h1, w1, 2, 1, b1, xs, HIDDEN, 2, PADDED);
    BY_VECTORS
    for (int k = 0; k < HIDDEN * PADDED; k++) h1[k] = h1[k] > 0 ? h1[k] : 0;
    product(h2, w2, HIDDEN, 1, b2, h1, HIDDEN, HIDDEN, PADDED);
    BY_VECTORS
    for (int k = 0; k < HIDDEN * PADDED; k++) h2[k] = h2[k] > 0 ? h2[k] : 0;
    product(out, w3, HIDDEN, 1, b3, h2, 1, HIDDEN, PADDED);
    for (int l = 0; l < POINTS; l++) {
        const double gap = 1 - out[l] * sides[l];
        loss += gap > 0 ? gap : 0;
        d[l] = gap > 0 ? -sides[l] / POINTS : 0;
    }
    outer(dw3, db3, d, h2, 1, HIDDEN, PADDED);
    for (int j = 0; j < HIDDEN; j++)
        BY_VECTORS
        for (int l = 0; l < PADDED; l++) d2[j * PADDED + l] = h2[j * PADDED + l] > 0 ? w3[j] * d[l] : 0;
    outer(dw2, db2, d2, h1, HIDDEN, HIDDEN, PADDED);
    product(d1, w2, 1, HIDDEN, 0, d2, HIDDEN, HIDDEN, PADDED);
    BY_VECTORS
    for (int k = 0; k < HIDDEN * PADDED; k++) d1[k] = h1[k] > 0 ? d1[k] : 0;
    outer(dw1, db1, d1, xs, HIDDEN, 2, PADDED);
    for (int i = 0; i < MOONS; i++) squares += p[i] * p[i];
    BY_VECTORS
    for (int i = 0; i < MOONS; i++) g[i] += 2 * decay * p[i], p[i] -= rate * g[i];
    return loss / POINTS + decay * squares;
}

PUBLIC double moons(long updates, double *p, double *g, const double *xs, const double *sides, double rate, double decay) {
    double loss = 0;
    while (updates--) loss = moons_update(p, g, xs, sides, rate, decay);
    return loss;
}

/* --- gpt: one layer, 16 wide, 4 heads, a document of 9 symbols to read and 9 to guess, AdamW --------------------------- */

enum { T = 9, TP = 16, W = 16, SIGNS = 27, BLOCK = 16, HEADS = 4, D = 4, WIDE = 64 };
enum { TABLE = 0, PLACES = TABLE + SIGNS * W, NORM = PLACES + BLOCK * W, QKV = NORM + W, JOIN = QKV + HEADS * 3 * D * W,
       NORM2 = JOIN + W * W, UP = NORM2 + W, UP_BIAS = UP + WIDE * W, DOWN = UP_BIAS + WIDE, DOWN_BIAS = DOWN + W * WIDE,
       SCORES = DOWN_BIAS + W, GPT = SCORES + SIGNS * W };

/* Rows of numbers, one for each of the T positions, as columns: to[i][t] = rows[t][i]; positions past the end are 0. */
static inline void turned(double *to, const double *rows, int size) {
    for (int i = 0; i < size; i++)
        for (int t = 0; t < T; t++) to[i * TP + t] = rows[t * size + i];
}

static inline void back(double *rows, const double *columns, int size) {
    for (int t = 0; t < T; t++)
        for (int i = 0; i < size; i++) rows[t * size + i] = columns[i * TP + t];
}

/* y = x w^T + bias for rows of numbers. */
INLINE void linear(double *y, const double *x, const double *w, const double *bias, int rows, int terms) {
    static double in[WIDE * TP], out[WIDE * TP];
    turned(in, x, terms);
    product(out, w, terms, 1, bias, in, rows, terms, TP);
    back(y, out, rows);
}

/* dx += g w; dw = g^T x. */
INLINE void linear_back(double *dx, double *dw, const double *g, const double *x, const double *w, int rows, int terms) {
    for (int t = 0; t < T; t++)
        for (int i = 0; i < terms; i += LANES) {
            lanes sum = AT(dx + t * terms + i);
            for (int j = 0; j < rows; j++) sum += g[t * rows + j] * AT(w + j * terms + i);
            AT(dx + t * terms + i) = sum;
        }
    for (int j = 0; j < rows; j++)
        for (int i = 0; i < terms; i += LANES) {
            lanes sum = {0};
            for (int t = 0; t < T; t++) sum += g[t * rows + j] * AT(x + t * terms + i);
            AT(dw + j * terms + i) = sum;
        }
}

static inline void norm(double *y, double *sizes, const double *x, const double *weight) {
    for (int t = 0; t < T; t++) {
        double square = 0;
        for (int i = 0; i < W; i++) square += x[t * W + i] * x[t * W + i];
        sizes[t] = 1 / sqrt(square / W + 0x1p-52);
        for (int i = 0; i < W; i++) y[t * W + i] = x[t * W + i] * sizes[t] * weight[i];
    }
}

static inline void norm_back(double *dx, double *dweight, const double *g, const double *x, const double *sizes, const double *weight) {
    for (int i = 0; i < W; i++) dweight[i] = 0;
    for (int t = 0; t < T; t++) {
        const double size = sizes[t];
        double along = 0;
        for (int i = 0; i < W; i++) along += g[t * W + i] * weight[i] * x[t * W + i];
        along *= size * size * size / W;
        for (int i = 0; i < W; i++) {
            dweight[i] += g[t * W + i] * x[t * W + i] * size;
            dx[t * W + i] += g[t * W + i] * weight[i] * size - along * x[t * W + i];
        }
    }
}

static double gradient(const double *p, double *g, const int *signs) {
    static double x0[T * W], n1[T * W], qkv[HEADS][T * 3 * D], weights[HEADS][T][T], found[T * W], joined[T * W], x1[T * W], n2[T * W];
    static double up[T * WIDE], down[T * W], x2[T * W], scores[T * SIGNS], size1[T], size2[T];
    static double dscores[T * SIGNS], dx2[T * W], dup[T * WIDE], dn2[T * W], dx1[T * W], dfound[T * W], dqkv[HEADS][T * 3 * D], dn1[T * W], dx0[T * W];
    double loss = 0;
    for (int t = 0; t < T; t++)
        for (int i = 0; i < W; i++) x0[t * W + i] = p[TABLE + signs[t] * W + i] + p[PLACES + t * W + i];
    norm(n1, size1, x0, p + NORM);
    for (int h = 0; h < HEADS; h++) {
        linear(qkv[h], n1, p + QKV + h * 3 * D * W, 0, 3 * D, W);
        for (int t = 0; t < T; t++) {
            const double *q = qkv[h] + t * 3 * D;
            double *w = weights[h][t], total = 0, most = -INFINITY;
            for (int s = 0; s <= t; s++) {
                const double *k = qkv[h] + s * 3 * D + D;
                w[s] = (q[0] * k[0] + q[1] * k[1] + q[2] * k[2] + q[3] * k[3]) * 0.5;
                most = w[s] > most ? w[s] : most;
            }
            for (int s = 0; s <= t; s++) total += w[s] = exp(w[s] - most);
            for (int s = 0; s <= t; s++) w[s] /= total;
            for (int d = 0; d < D; d++) {
                double sum = 0;
                for (int s = 0; s <= t; s++) sum += w[s] * qkv[h][s * 3 * D + 2 * D + d];
                found[t * W + h * D + d] = sum;
            }
        }
    }
    linear(joined, found, p + JOIN, 0, W, W);
    for (int i = 0; i < T * W; i++) x1[i] = x0[i] + joined[i];
    norm(n2, size2, x1, p + NORM2);
    linear(up, n2, p + UP, p + UP_BIAS, WIDE, W);
    for (int i = 0; i < T * WIDE; i++) up[i] = up[i] > 0 ? up[i] : 0;
    linear(down, up, p + DOWN, p + DOWN_BIAS, W, WIDE);
    for (int i = 0; i < T * W; i++) x2[i] = x1[i] + down[i];
    linear(scores, x2, p + SCORES, 0, SIGNS, W);
    for (int t = 0; t < T; t++) {
        const double *row = scores + t * SIGNS;
        double *d = dscores + t * SIGNS, most = row[0], total = 0;
        for (int j = 1; j < SIGNS; j++) most = row[j] > most ? row[j] : most;
        for (int j = 0; j < SIGNS; j++) total += d[j] = exp(row[j] - most);
        loss += most + log(total) - row[signs[t + 1]];
        for (int j = 0; j < SIGNS; j++) d[j] /= total * T;
        d[signs[t + 1]] -= 1.0 / T;
    }

    memset(g, 0, sizeof(double) * (NORM - TABLE));
    memset(dx2, 0, sizeof dx2), memset(dup, 0, sizeof dup), memset(dn2, 0, sizeof dn2), memset(dfound, 0, sizeof dfound);
    memset(dqkv, 0, sizeof dqkv), memset(dn1, 0, sizeof dn1);
    linear_back(dx2, g + SCORES, dscores, x2, p + SCORES, SIGNS, W);
    memcpy(dx1, dx2, sizeof dx1);
    linear_back(dup, g + DOWN, dx2, up, p + DOWN, W, WIDE);
    for (int i = 0; i < T * WIDE; i++) dup[i] = up[i] > 0 ? dup[i] : 0;
    linear_back(dn2, g + UP, dup, n2, p + UP, WIDE, W);
    memset(g + UP_BIAS, 0, sizeof(double) * WIDE), memset(g + DOWN_BIAS, 0, sizeof(double) * W);
    for (int t = 0; t < T; t++) {
        for (int j = 0; j < WIDE; j++) g[UP_BIAS + j] += dup[t * WIDE + j];
        for (int j = 0; j < W; j++) g[DOWN_BIAS + j] += dx2[t * W + j];
    }
    norm_back(dx1, g + NORM2, dn2, x1, size2, p + NORM2);
    memcpy(dx0, dx1, sizeof dx0);
    linear_back(dfound, g + JOIN, dx1, found, p + JOIN, W, W);
    for (int h = 0; h < HEADS; h++) {
        for (int t = 0; t < T; t++) {
            const double *w = weights[h][t], *df = dfound + t * W + h * D;
            double dw[T], along = 0;
            for (int s = 0; s <= t; s++) {
                const double *v = qkv[h] + s * 3 * D + 2 * D;
                dw[s] = df[0] * v[0] + df[1] * v[1] + df[2] * v[2] + df[3] * v[3];
                along += dw[s] * w[s];
                for (int d = 0; d < D; d++) dqkv[h][s * 3 * D + 2 * D + d] += w[s] * df[d];
            }
            for (int s = 0; s <= t; s++) {
                const double ds = w[s] * (dw[s] - along) * 0.5;
                for (int d = 0; d < D; d++) {
                    dqkv[h][t * 3 * D + d] += ds * qkv[h][s * 3 * D + D + d];
                    dqkv[h][s * 3 * D + D + d] += ds * qkv[h][t * 3 * D + d];
                }
            }
        }
        linear_back(dn1, g + QKV + h * 3 * D * W, dqkv[h], n1, p + QKV + h * 3 * D * W, 3 * D, W);
    }
    norm_back(dx0, g + NORM, dn1, x0, size1, p + NORM);
    for (int t = 0; t < T; t++)
        for (int i = 0; i < W; i++) g[TABLE + signs[t] * W + i] += dx0[t * W + i], g[PLACES + t * W + i] += dx0[t * W + i];
    return loss / T;
}

/* first, second: AdamW's averages; steps: the number of updates so far. Rows that no symbol picks are left alone. */
static double gpt_update(double *p, double *g, const int *signs, double *first, double *second, double *steps) {
    const double beta1 = 0.85, beta2 = 0.99, loss = gradient(p, g, signs);
    unsigned char reached[SIGNS + BLOCK] = {0};
    *steps += 1;
    const double rate = 0.01 / (1 - pow(beta1, *steps)), scale = 1 / sqrt(1 - pow(beta2, *steps));
    for (int t = 0; t < T; t++) reached[signs[t]] = reached[SIGNS + t] = 1;
    for (int from = 0; from < GPT;) {
        int to = from < NORM ? from + W : GPT;
        if (from < NORM && !reached[from / W]) {
            from = to;
            continue;
        }
        BY_VECTORS
        for (int i = from; i < to; i++) {
            first[i] += (1 - beta1) * (g[i] - first[i]);
            second[i] = beta2 * second[i] + (1 - beta2) * g[i] * g[i];
            p[i] -= rate * first[i] / (sqrt(second[i]) * scale + 1e-8);
        }
        from = to;
    }
    return loss;
}

PUBLIC double gpt(long updates, double *p, double *g, const int *signs, double *first, double *second, double *steps) {
    double loss = 0;
    while (updates--) loss = gpt_update(p, g, signs, first, second, steps);
    return loss;
}
