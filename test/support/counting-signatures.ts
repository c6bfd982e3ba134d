import { pureSignatures, type SignatureBackend } from '../../src/index.ts'

/** The default backend, with the number of signatures that it had to compute. */
export class CountingSignatures implements SignatureBackend {
  readonly name = 'counting'
  verified = 0

  importKey(...given: Parameters<SignatureBackend['importKey']>): ReturnType<SignatureBackend['importKey']> {
    const key = pureSignatures.importKey(...given)
    if (key === undefined) return undefined
    return {
      verify: (...signed) => {
        this.verified++
        return key.verify(...signed)
      },
    }
  }
}
