/* Prototypes for the type T; NAME makes the names. */
ROUTINE(potrf)(const char *uplo, const int *n, T *a, const int *lda, int *info, size_t);
ROUTINE(getrf)(const int *m, const int *n, T *a, const int *lda, int *pivot, int *info);
ROUTINE(getrs)
(const char *trans, const int *n, const int *nrhs, const T *a, const int *lda, const int *pivot,
 T *b, const int *ldb, int *info, size_t);
ROUTINE(geqrf)
(const int *m, const int *n, T *a, const int *lda, T *tau, T *work, const int *lwork, int *info);
ROUTINE(orgqr)
(const int *m, const int *n, const int *k, T *a, const int *lda, const T *tau, T *work,
 const int *lwork, int *info);
ROUTINE(gesdd)
(const char *job, const int *m, const int *n, T *a, const int *lda, T *s, T *u, const int *ldu,
 T *vt, const int *ldvt, T *work, const int *lwork, int *iwork, int *info, size_t);
ROUTINE(gesvd)
(const char *jobu, const char *jobvt, const int *m, const int *n, T *a, const int *lda, T *s, T *u,
 const int *ldu, T *vt, const int *ldvt, T *work, const int *lwork, int *info, size_t, size_t);
ROUTINE(syevd)
(const char *job, const char *uplo, const int *n, T *a, const int *lda, T *w, T *work,
 const int *lwork, int *iwork, const int *liwork, int *info, size_t, size_t);
ROUTINE(geev)
(const char *jobvl, const char *jobvr, const int *n, T *a, const int *lda, T *wr, T *wi, T *vl,
 const int *ldvl, T *vr, const int *ldvr, T *work, const int *lwork, int *info, size_t, size_t);
ROUTINE(gelsd)
(const int *m, const int *n, const int *nrhs, T *a, const int *lda, T *b, const int *ldb, T *s,
 const T *rcond, int *rank, T *work, const int *lwork, int *iwork, int *info);
ROUTINE(trsm)
(const char *side, const char *uplo, const char *trans, const char *diag, const int *m,
 const int *n, const T *alpha, const T *a, const int *lda, T *b, const int *ldb, size_t, size_t,
 size_t, size_t);
ROUTINE(laswp)
(const int *n, T *a, const int *lda, const int *k1, const int *k2, const int *pivot,
 const int *incx);
