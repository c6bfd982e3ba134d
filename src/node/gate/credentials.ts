import { createSecureContext, type SecureContext, type SecureContextOptions, type SecureVersion } from 'node:tls'
import { type NoFields, readFields } from '../../policy/fields.ts'

/** A server's key and certificate: PEM, or PKCS#12, as `tls.createSecureContext` takes it. */
export type ServerCredentials = Pick<SecureContextOptions, 'key' | 'cert' | 'pfx' | 'passphrase'>

/** The gate's requirements for every secure context. */
export interface Demands {
  readonly minVersion: SecureVersion
  readonly secureOptions: number
}

const noCredentials: NoFields<ServerCredentials> = { key: undefined, cert: undefined, pfx: undefined, passphrase: undefined }

/** The options of a context. Node's servers store them in properties of the same names. */
const contextFields: readonly (keyof SecureContextOptions)[] = [
  'key',
  'cert',
  'pfx',
  'passphrase',
  'ca',
  'ciphers',
  'clientCertEngine',
  'crl',
  'dhparam',
  'ecdhCurve',
  'honorCipherOrder',
  'maxVersion',
  'minVersion',
  'privateKeyEngine',
  'privateKeyIdentifier',
  'secureOptions',
  'secureProtocol',
  'sessionIdContext',
  'sessionTimeout',
  'sigalgs',
  'ticketKeys',
]

/** The context options that a server was created with. */
export function contextOptionsOf(server: object): SecureContextOptions {
  const values = contextFields.map((name) => [name, Reflect.get(server, name)] as const)
  return Object.fromEntries(values.filter(([, value]) => value !== undefined))
}

/** The same options with other credentials. */
export function withCredentials(options: SecureContextOptions, credentials: ServerCredentials): SecureContextOptions {
  const { key, cert, pfx, passphrase, privateKeyEngine, privateKeyIdentifier, ...rest } = options
  return { ...rest, ...credentials }
}

/** The same options with the gate's requirements applied. Stricter values stay. */
export function asDemanded(options: SecureContextOptions, { minVersion, secureOptions }: Demands): SecureContextOptions {
  const isStricter = options.minVersion !== undefined && options.minVersion > minVersion
  return {
    ...options,
    ca: options.ca ?? [],
    minVersion: isStricter ? options.minVersion : minVersion,
    secureOptions: (options.secureOptions ?? 0) | secureOptions,
  }
}

/**
 * Checks credentials before they replace others.
 *
 * @throws TypeError for invalid credentials, and the error of `tls.createSecureContext` for those that it cannot use
 */
export function requireCredentials(what: string, credentials: ServerCredentials): SecureContext {
  const { key, cert, pfx } = readFields<ServerCredentials>(what, credentials, noCredentials)
  if (pfx === undefined && (key === undefined || cert === undefined))
    throw new TypeError(`${what} must have both key and cert, or pfx`)
  return createSecureContext({ ...credentials, ca: [] })
}
