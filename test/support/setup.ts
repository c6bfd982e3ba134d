import fc from 'fast-check'

/**
 * Properties run on the same inputs every time, so that a change is judged by itself and not by chance;
 * `FAST_CHECK_SEED=random` or a number asks for others.
 */
const asked = process.env['FAST_CHECK_SEED'] ?? '20261123'
if (asked !== 'random') fc.configureGlobal({ seed: Number(asked) })
