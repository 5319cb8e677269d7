;;; emacsPeer.el --- speaks in several coding systems over the network  -*- lexical-binding: t -*-

;; emacs -Q --batch -l emacsPeer.el WHAT: WHAT is JSON, {"server": BOOLEAN, "datagram": BOOLEAN, "talks": [{"coding":
;; NAME, "bytes": NUMBERS, "port": NUMBER}, ...]}.  A server prints a line {"ports": [...]}, one for each talk, and
;; sends back what it hears; a client says first what the bytes stand for.  Both print, for each talk, a line
;; {"coding": NAME, "heard": CHARACTERS, "bytes": NUMBERS} with what was heard and what Emacs encodes it to; a byte that
;; is no character is 0xDC00 more.  A talk ends with "!".

;;; Code:

(require 'cl-lib)
(require 'json)

(defun peer-print (object)
  ;; Unlike `princ' this does not wait for more to print.
  (send-string-to-terminal (concat (json-encode object) "\n")))

(defun peer-character (char multibyte)
  (cond ((not multibyte) char)
        ((>= char #x3fff80) (+ #xdc00 (- char #x3fff00)))
        (t char)))

(defun peer-report (coding text)
  (let ((multibyte (multibyte-string-p text)))
    (peer-print (list :coding (symbol-name coding)
                      :heard (cl-map 'vector (lambda (char) (peer-character char multibyte)) text)
                      :bytes (vconcat (if multibyte (encode-coding-string text coding) text))))))

(defvar peer-left 0 "Talks that have not come to their end.")

(defun peer-filter (coding answers)
  (lambda (process text)
    (let ((heard (concat (process-get process 'heard) text)))
      (process-put process 'heard heard)
      (when (string-suffix-p "!" heard)
        (peer-report coding heard)
        (when answers (process-send-string process heard))
        (cl-decf peer-left)))))

(defun peer-start (what talk)
  (let* ((coding (intern (plist-get talk :coding)))
         (server (eq (plist-get what :server) t))
         (process (make-network-process :name "peer" :server server :host "127.0.0.1" :family 'ipv4
                                        :type (and (eq (plist-get what :datagram) t) 'datagram)
                                        :service (if server t (plist-get talk :port))
                                        ;; Linux may give two datagram sockets that reuse addresses one port.
                                        :reuseaddr nil
                                        :coding coding :filter (peer-filter coding server))))
    (cl-incf peer-left)
    (unless server
      (process-send-string process (let ((bytes (apply #'unibyte-string (append (plist-get talk :bytes) nil))))
                                     (if (eq coding 'raw-text) bytes (decode-coding-string bytes coding)))))
    process))

(let* ((what (json-parse-string (pop command-line-args-left) :object-type 'plist))
       (processes (mapcar (lambda (talk) (peer-start what talk)) (append (plist-get what :talks) nil)))
       (end (+ (float-time) 20)))
  (when (eq (plist-get what :server) t)
    (peer-print (list :ports (vconcat (mapcar (lambda (process) (process-contact process :service)) processes)))))
  (while (and (> peer-left 0) (< (float-time) end)) (accept-process-output nil 0.05)))

;;; emacsPeer.el ends here
