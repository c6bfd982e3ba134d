import { open } from 'node:fs/promises'
import { printable } from '../lint/report/printable.ts'
import { CliError } from './errors.ts'

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
