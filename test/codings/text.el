;;; Decoded text as bytes that can be compared.  -*- lexical-binding: t -*-

(defconst raw-first #x3fff80)

(defun bytes-of-private (char coding)
  "The bytes of CHAR, which Unicode has not, without byte order mark and what designates its charset."
  (let ((bytes (encode-coding-string (string char) coding)))
    (replace-regexp-in-string "\\`\xef\xbb\xbf\\|\e\\$?[(-/]?[0-Z]" "" bytes t t)))

(defun text-of (decoded coding)
  "DECODED in UTF-8; characters that Unicode has not are their bytes, as raw bytes are."
  (setq decoded (string-to-multibyte decoded))
  (when (string-match-p (format "[%c-%c]" #x110000 #x3fff7f) decoded)
    (setq decoded (mapconcat (lambda (char)
                               (if (and (> char #x10ffff) (< char raw-first))
                                   (string-to-multibyte (bytes-of-private char coding))
                                 (string char)))
                             decoded "")))
  (encode-coding-string decoded 'utf-8-emacs-unix))
