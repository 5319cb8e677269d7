;;; What an Emacs network process finds out about bytes that it reads.  -*- lexical-binding: t -*-
;; emacs -Q --batch -l detection.el CASES RESULT
;; CASES: a line for each: the coding system asked for, then the chunks in hexadecimal, one read each.
;; RESULT: a line for each: the coding system found out, and the text in UTF-8, in hexadecimal.

(load (expand-file-name "text.el" (file-name-directory load-file-name)) nil t)

(defvar peer nil)
(defvar server
  (make-network-process :name "server" :server t :host "127.0.0.1" :service t :family 'ipv4 :coding 'no-conversion
                        :noquery t :sentinel (lambda (process what) (when (string-match "open" what) (setq peer process)))))

(defun bytes-of (hex)
  (apply #'unibyte-string
         (mapcar (lambda (at) (string-to-number (substring hex at (+ 2 at)) 16)) (number-sequence 0 (- (length hex) 2) 2))))

(defun hex-of (bytes) (mapconcat (lambda (byte) (format "%02x" byte)) bytes ""))

(defun read-chunks (coding chunks)
  (setq peer nil)
  (let* ((text "")
         (found nil)
         (client (make-network-process
                  :name "client" :host "127.0.0.1" :service (process-contact server :service) :coding coding :noquery t
                  :filter (lambda (_ string) (setq text (concat text (string-to-multibyte string)))))))
    (while (not peer) (accept-process-output nil 0.01))
    (dolist (chunk chunks)
      (process-send-string peer chunk)
      (accept-process-output client 0.02))
    (setq found (car (process-coding-system client)))
    (delete-process peer)
    (while (process-live-p client) (accept-process-output client 0.02))
    (format "%s %s\n" found (hex-of (text-of text found)))))

(let ((cases (pop command-line-args-left)) (result (pop command-line-args-left)))
  (with-temp-file result
    (dolist (line (split-string (with-temp-buffer (insert-file-contents cases) (buffer-string)) "\n" t))
      (let ((words (split-string line)))
        (insert (read-chunks (intern (car words)) (mapcar #'bytes-of (cdr words))))))))
