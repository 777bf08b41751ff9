/**
 * An authority and a certificate of 127.0.0.1 that it signed, made by openssl.
 *
 * @module
 */

/** The certificate. */
export interface Certificate extends Disposable {
  readonly cert: string;
  readonly key: string;
  /** Where the authority's certificate is. */
  readonly caPath: string;
  readonly certPath: string;
  readonly keyPath: string;
}

/** Makes them. */
export async function makeCertificate(): Promise<Certificate> {
  const folder = await Deno.makeTempDir({ prefix: "devlog-tls-" });
  const openssl = async (...args: readonly string[]) => {
    const { code, stderr } = await new Deno.Command("openssl", {
      args: [...args],
      cwd: folder,
      stderr: "piped",
    }).output();
    if (code !== 0) throw new Error(`openssl ${args[0]}: ${new TextDecoder().decode(stderr)}`);
  };
  const subject = ["-nodes", "-newkey", "rsa:2048", "-days", "2"];
  await openssl(
    "req",
    "-x509",
    ...subject,
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-subj",
    "/CN=Test authority",
  );
  await openssl(
    "req",
    "-new",
    ...subject.slice(0, 3),
    "-keyout",
    "key.pem",
    "-out",
    "request.pem",
    "-subj",
    "/CN=127.0.0.1",
  );
  await Deno.writeTextFile(`${folder}/names`, "subjectAltName=IP:127.0.0.1\n");
  await openssl(
    ...["x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"],
    ...["-days", "2", "-extfile", "names", "-out", "cert.pem"],
  );
  return {
    cert: await Deno.readTextFile(`${folder}/cert.pem`),
    key: await Deno.readTextFile(`${folder}/key.pem`),
    caPath: `${folder}/ca.pem`,
    certPath: `${folder}/cert.pem`,
    keyPath: `${folder}/key.pem`,
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}
