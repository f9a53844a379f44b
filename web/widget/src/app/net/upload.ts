// One file on its way. XMLHttpRequest, since fetch does not tell how far an upload is.
import type { Attachment } from "../model/wire.ts";

export interface Upload {
  readonly file: File;
  state: "uploading" | "ready" | "failed";
  /** From 0 to 1. */
  progress: number;
  attachment: Attachment | undefined;
  cancel(): void;
  retry(): void;
}

export function startUpload(
  file: File,
  url: string,
  headers: Record<string, string>,
  changed: () => void,
): Upload {
  let request: XMLHttpRequest | undefined;
  const upload: Upload = {
    file,
    state: "uploading",
    progress: 0,
    attachment: undefined,
    cancel: () => request?.abort(),
    retry: start,
  };

  function start(): void {
    upload.state = "uploading";
    upload.progress = 0;
    request = new XMLHttpRequest();
    request.open("POST", url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => {
      upload.progress = total > 0 ? loaded / total : 0;
      changed();
    };
    request.onload = () =>
      finish(request?.status === 201 ? parse(request.responseText) : undefined);
    request.onerror = request.ontimeout = () => finish(undefined);
    request.send(file);
  }

  function finish(attachment: Attachment | undefined): void {
    upload.attachment = attachment;
    upload.state = attachment ? "ready" : "failed";
    changed();
  }

  start();
  return upload;
}

function parse(text: string): Attachment | undefined {
  try {
    return (JSON.parse(text) as { data?: Attachment }).data;
  } catch {
    return undefined;
  }
}

export type FileProblem = "file_type" | "file_too_big";

/** The same limits as the server's, told before anything is sent. `image/*` stands for all its kinds. */
export function fileProblem(
  file: Pick<File, "type" | "size">,
  limits: { bytes_max: number; types: string[] },
): FileProblem | undefined {
  const isKnown =
    limits.types.length === 0 ||
    limits.types.some((type) =>
      type.endsWith("/*") ? file.type.startsWith(type.slice(0, -1)) : file.type === type,
    );
  if (!isKnown) return "file_type";
  return file.size > limits.bytes_max ? "file_too_big" : undefined;
}
