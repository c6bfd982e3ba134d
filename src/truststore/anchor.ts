import type { Policy } from '../policy/policy.ts'
import type { TrustNode } from './node.ts'

/**
 * Whether a path may end at a listed certificate: that is for `Policy.trust` alone to say. What its certificate says of
 * itself, that it is no CA above all, then counts or not by `enforceAnchorConstraints`.
 */
export function isTrustAnchor({ certificate, isSelfSigned }: TrustNode, { trust }: Policy): boolean {
  return isSelfSigned || trust === 'every-certificate' || (trust === 'every-ca' && certificate.isCa)
}
