/**
 * The parts of an ECDSA certificate that a signature library needs: the signed bytes, the AlgorithmIdentifier and the
 * signature. It checks nothing, so use it for our own fixtures only.
 */
export function signedParts(der) {
  const tbsStart = contentStart(der, 0)
  const tbsEnd = end(der, tbsStart)
  const algorithmEnd = end(der, tbsEnd)
  return {
    tbs: der.subarray(tbsStart, tbsEnd),
    algorithm: der.subarray(tbsEnd, algorithmEnd),
    signature: der.subarray(contentStart(der, algorithmEnd) + 1),
  }
}

function contentStart(der, at) {
  return at + 2 + (der[at + 1] < 0x80 ? 0 : der[at + 1] & 0x7f)
}

function end(der, at) {
  const start = contentStart(der, at)
  if (der[at + 1] < 0x80) return start + der[at + 1]
  return der.subarray(at + 2, start).reduce((length, byte) => length * 256 + byte, 0) + start
}
