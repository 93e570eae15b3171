/* The elements where a mask is true, for elements of one size: included by mask.c with T and
 * NAME(x) defined. Both go over n elements of data, into or out of a vector with `room` places, and
 * return how many were moved. */

VECTOR int64_t NAME(masked)(int64_t n, char *data, int64_t step, const uint8_t *mask, int64_t mstep,
                            char *vector, int64_t vstep, int64_t room, bool pack)
{
    T *d = (T *)(void *)data, *v = (T *)(void *)vector;
    int64_t k = 0;
    for (int64_t i = 0; i < n && k < room; i++) {
        if (!mask[i * mstep])
            continue;
        if (pack)
            v[k * vstep] = d[i * step];
        else
            d[i * step] = v[k * vstep];
        k++;
    }
    return k;
}

static int64_t NAME(pack)(int64_t n, char *data, int64_t step, const uint8_t *mask, int64_t mstep,
                          char *vector, int64_t vstep, int64_t room)
{
    return NAME(masked)(n, data, step, mask, mstep, vector, vstep, room, true);
}

static int64_t NAME(unpack)(int64_t n, char *data, int64_t step, const uint8_t *mask, int64_t mstep,
                            char *vector, int64_t vstep, int64_t room)
{
    return NAME(masked)(n, data, step, mask, mstep, vector, vstep, room, false);
}
