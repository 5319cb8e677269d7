/**
 * Arguments of an Emacs that connects to a port of loopback, sends a line, prints the line it gets back, and sends an
 * end of file.
 */
export function emacsClient(port: number, line: string): string[] {
  return ['--batch', '--quick', '--eval', `(let ((port ${port}) (line ${JSON.stringify(line)})) ${program})`];
}

const program = `
(let* ((reply "")
       (peer (make-network-process :name "peer" :host "127.0.0.1" :service port :coding 'utf-8
                                   :sentinel #'ignore
                                   :filter (lambda (_ text) (setq reply (concat reply text))))))
  (with-timeout (30 (kill-emacs 3))
    (process-send-string peer (concat line "\\n"))
    (while (not (string-suffix-p "\\n" reply)) (accept-process-output peer 1))
    (let ((coding-system-for-write 'utf-8)) (princ reply))
    (process-send-eof peer)
    (while (process-live-p peer) (accept-process-output peer 1))))`;
