import type { Policy } from '../policy/policy.ts'
import type { TrustNode } from './node.ts'

/**
 * Whether a path may end at a listed certificate: `Policy.trust` alone decides. Whether the certificate's own statements count,
 * such as that it is no CA, is decided by `enforceAnchorConstraints`.
 */
export function isTrustAnchor({ certificate, isSelfSigned }: TrustNode, { trust }: Policy): boolean {
  return isSelfSigned || trust === 'every-certificate' || (trust === 'every-ca' && certificate.isCa)
}
