import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import type { Client } from './pki.ts'

/** One way in which a client connects. */
export interface Way {
  readonly name: string
  readonly tool: 'curl' | 'openssl'
  readonly ask: (client: Client, port: number, folder: string) => Promise<Answer>
}

/** The answer to a client, and whether it came over the intended kind of connection. */
export interface Answer {
  /** `ok`, the reject code of a 403, or a description of the failure. */
  readonly result: string
  /** Whether protocol and resumption were as intended. */
  readonly asIntended: boolean
}

/** OpenSSL settings for both programs. They let clients use weak certificates, which the server must reject. */
const configuration = `openssl_conf = all
[all]
ssl_conf = ssl
[ssl]
system_default = weak
[weak]
CipherString = DEFAULT@SECLEVEL=0
`
const patience = 20_000

export const ways: readonly Way[] = [
  curl('curl 1.2', '1.1', '--http1.1', '--tlsv1.2', '--tls-max', '1.2'),
  curl('curl 1.3', '1.1', '--http1.1', '--tlsv1.3'),
  curl('curl h2', '2', '--http2', '--tlsv1.2'),
  openssl('s_client 1.2', 'TLSv1.2', '-tls1_2'),
  openssl('s_client 1.3', 'TLSv1.3', '-tls1_3'),
  resumed('resumed 1.2', 'TLSv1.2', '-tls1_2'),
  resumed('resumed 1.3', 'TLSv1.3', '-tls1_3'),
]

function curl(name: string, version: string, ...options: readonly string[]): Way {
  return {
    name,
    tool: 'curl',
    async ask({ cert, key }, port, folder) {
      const own = cert === undefined || key === undefined ? [] : ['--cert', cert, '--key', key]
      const url = `https://localhost:${port}/`
      const format = '\n%{http_code} %{http_version}'
      const resolve = ['--resolve', `localhost:${port}:127.0.0.1`]
      const always = ['--silent', '--show-error', '--insecure', '--noproxy', '*']
      const text = await run(folder, 'curl', [...always, ...resolve, ...options, ...own, '--write-out', format, url])
      const [, body = '', status = '', spoken = ''] = /^([\s\S]*)\n(\d+) (\S+)$/.exec(text) ?? [undefined, text]
      return { result: resultOf(status, body), asIntended: spoken === version }
    },
  }
}

function openssl(name: string, version: string, option: string): Way {
  return {
    name,
    tool: 'openssl',
    async ask(client, port, folder) {
      return answerOfSClient(await sClient(client, port, folder, option), `New, ${version}`)
    },
  }
}

/** Connects once to get a session and once to resume it. */
function resumed(name: string, version: string, option: string): Way {
  return {
    name,
    tool: 'openssl',
    async ask(client, port, folder) {
      const session = `${folder}/session-${option}`
      rmSync(session, { force: true })
      await sClient(client, port, folder, option, '-sess_out', session)
      if (!existsSync(session)) return { result: 'no session', asIntended: false }
      return answerOfSClient(await sClient(client, port, folder, option, '-sess_in', session), `Reused, ${version}`)
    },
  }
}

function sClient({ cert, key }: Client, port: number, folder: string, ...options: readonly string[]): Promise<string> {
  const own = cert === undefined || key === undefined ? [] : ['-cert', cert, '-key', key]
  const to = ['-connect', `127.0.0.1:${port}`, '-servername', 'localhost']
  const request = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
  return run(folder, 'openssl', ['s_client', ...to, '-ign_eof', ...options, ...own], request)
}

function answerOfSClient(text: string, session: string): Answer {
  const [, status = '', body = ''] = /HTTP\/1\.1 (\d+) [\s\S]*?\r\n\r\n([\s\S]*)/.exec(text) ?? [undefined, '', text]
  return { result: resultOf(status, body), asIntended: text.includes(session) }
}

function resultOf(status: string, body: string): string {
  if (status === '200') return 'ok'
  const code = /"code":"(\w+)"/.exec(body)?.[1]
  return status === '403' && code !== undefined ? code : `status ${status || 'none'}: ${body.slice(0, 200)}`
}

/** Runs a program with a timeout and returns the output of both streams. */
function run(folder: string, program: string, args: readonly string[], input = ''): Promise<string> {
  const OPENSSL_CONF = `${folder}/openssl.cnf`
  writeFileSync(OPENSSL_CONF, configuration)
  return new Promise((resolve) => {
    const child: ChildProcess = spawn(program, args, { stdio: 'pipe', timeout: patience, env: { ...process.env, OPENSSL_CONF } })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (chunk) => (text += chunk))
    child.on('error', (error) => resolve(String(error)))
    child.on('close', () => resolve(text))
    child.stdin?.on('error', () => undefined).end(input)
  })
}
