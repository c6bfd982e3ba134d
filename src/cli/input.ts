import { open } from 'node:fs/promises'
import { isBundleLabel, isSignedData } from '../bytes/format.ts'
import { isCertificateLabel, looksLikeDer, scanPem } from '../bytes/pem.ts'
import type { LintCode } from '../codes/lint.ts'
import { hasSeveral, importBundle } from '../import/import-bundle.ts'
import { ruleCatalogue } from '../lint/catalogue.ts'
import type { Waiver } from '../lint/lint.ts'
import { printable } from '../lint/report/printable.ts'
import { CliError, oneOf, readTime } from './command.ts'

/** Larger than any truststore or CRL that a platform accepts. A larger file was named by mistake. */
const maxInputBytes = 64 * 1024 * 1024

/** A file's content. */
export interface Input {
  /** The name in reports. */
  readonly name: string
  readonly bytes: Uint8Array
}

/**
 * Reads files; `-` is standard input, once.
 *
 * @throws CliError naming every file that cannot be read
 */
export async function readInputs(files: readonly string[]): Promise<readonly Input[]> {
  if (files.filter((file) => file === '-').length > 1) throw new CliError('standard input (-) can be read only once')
  const inputs: Input[] = []
  const faults: string[] = []
  for (const file of files) {
    try {
      inputs.push({ name: file === '-' ? 'stdin' : file, bytes: file === '-' ? await readStdin() : await readFile(file) })
    } catch (error) {
      faults.push(`cannot read ${file === '-' ? 'standard input' : printable(file)}: ${reasonOf(error)}`)
    }
  }
  if (faults.length > 0) throw new CliError(faults)
  return inputs
}

export async function readInput(file: string): Promise<Input> {
  const [input] = await readInputs([file])
  return input!
}

async function readFile(path: string): Promise<Uint8Array> {
  const handle = await open(path)
  try {
    const stat = await handle.stat()
    if (stat.isDirectory()) throw new CliError('it is a directory; name the files in it')
    if (stat.size > maxInputBytes) throw tooLarge(`it has ${stat.size} bytes`)
    return await collect(handle.createReadStream({ autoClose: false }))
  } finally {
    await handle.close()
  }
}

async function readStdin(): Promise<Uint8Array> {
  if (process.stdin.isTTY) process.stderr.write('portcullis: reading from the terminal; end with Ctrl-D\n')
  return collect(process.stdin)
}

/** Reads a whole stream, whose size may be unknown or wrong. */
async function collect(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream) {
    size += chunk.length
    if (size > maxInputBytes) throw tooLarge('it does not end')
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

function tooLarge(found: string): CliError {
  return new CliError(`${found}, and at most ${maxInputBytes} bytes are read`)
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a directory; name the files in it',
  ENOTDIR: 'a part of the path is not a directory',
  ELOOP: 'its symbolic links go in circles',
}

function reasonOf(error: unknown): string {
  if (error instanceof CliError) return error.message
  const { code = '', message = String(error) } = error as { readonly code?: string; readonly message?: string }
  return reasons[code] ?? printable(message)
}

/**
 * The certificates of a file as `buildTruststore` takes them: the file itself, or what a PKCS #7 file or several DER certificates in
 * one file contain.
 */
export function bundleOf({ name, bytes }: Input): Uint8Array | readonly Uint8Array[] {
  if (!isContainer(bytes)) return bytes
  const imported = importBundle(bytes)
  if (!imported.ok) throw new CliError(`${printable(name)}: ${printable(imported.message)}`)
  return imported.value.certificates
}

/** Whether a file has its certificates in PKCS #7, or several one after another in DER. */
export function isContainer(bytes: Uint8Array): boolean {
  if (!looksLikeDer(bytes)) {
    const labels = scanPem(bytes).map(({ label }) => label)
    return labels.some(isBundleLabel) && !labels.some(isCertificateLabel)
  }
  return isSignedData(bytes) || hasSeveral(bytes)
}

const fields = ['code', 'fingerprint', 'until', 'reason'] as const

/**
 * Reads waivers: a JSON array of `{ "code", "fingerprint"?, "until"?, "reason"? }`. `until` is a date; `reason` is a comment
 * for people.
 *
 * @throws CliError that names the file, the waiver and the field
 */
export async function readWaivers(file: string): Promise<readonly Waiver[]> {
  const { name, bytes } = await readInput(file)
  let list: unknown
  try {
    list = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw new CliError(`${name} is not valid JSON: ${(error as Error).message}`)
  }
  if (!Array.isArray(list))
    throw new CliError(`${name} must be a JSON array of waivers`, 'Write [{ "code": "expired", "until": "2026-12-31" }].')
  return list.map((waiver: unknown, i) => readWaiver(waiver, `${name}: [${i}]`))
}

function readWaiver(waiver: unknown, where: string): Waiver {
  if (typeof waiver !== 'object' || waiver === null || Array.isArray(waiver)) throw new CliError(`${where} must be an object`)
  for (const [field, value] of Object.entries(waiver)) {
    oneOf(field, `a field of ${where}`, fields)
    if (typeof value !== 'string') throw new CliError(`${where}.${field} must be a string`)
  }
  const { code, fingerprint, until } = waiver as Readonly<Partial<Record<(typeof fields)[number], string>>>
  if (code === undefined) throw new CliError(`${where}.code is missing`)
  // Other tools write it in capitals, with colons.
  const hex = fingerprint?.replaceAll(':', '').toLowerCase()
  if (hex !== undefined && !/^[0-9a-f]{64}$/.test(hex)) throw new CliError(`${where}.fingerprint must be SHA-256 in hexadecimal`)
  return {
    code: oneOf<LintCode>(code, `${where}.code`, [...ruleCatalogue.keys()]),
    ...(hex !== undefined && { fingerprint: hex }),
    ...(until !== undefined && { until: readTime(until, `${where}.until`) }),
  }
}
