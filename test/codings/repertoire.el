;;; What Emacs decodes and encodes over the whole repertoire that repertoire.ts describes.  -*- lexical-binding: t -*-
;; emacs -Q --batch -l repertoire.el PLAN RESULT [FOLDER]
;; PLAN: a line for each coding system: its name, and the file with its rows, each after its length in four bytes.
;; RESULT: a line "name BASE ALIAS…" for each coding system of Emacs, a line for each of PLAN: digest, name, SHA-1 of what the rows decode to, SHA-1 of every character encoded; both also as
;; files NAME.decode and NAME.encode in FOLDER.

(setq gc-cons-threshold 200000000)

(load (expand-file-name "text.el" (file-name-directory load-file-name)) nil t)

(defun rows-of (file)
  "Rows of FILE: a four-byte length before each."
  (with-temp-buffer
    (set-buffer-multibyte nil)
    (insert-file-contents-literally file)
    (let (rows (at 1))
      (while (< at (point-max))
        (let ((size (+ (* 65536 (char-after (+ at 1))) (* 256 (char-after (+ at 2))) (char-after (+ at 3)))))
          (push (buffer-substring (+ at 4) (+ at 4 size)) rows)
          (setq at (+ at 4 size))))
      (nreverse rows))))

(defvar every-character
  (with-temp-buffer
    (dotimes (char #x110000)
      (unless (<= #xd800 char #xdfff) (insert-char char) (insert "\n")))
    (buffer-string)))

(defun put (folder name kind bytes)
  (when folder
    (with-temp-file (expand-file-name (format "%s.%s" name kind) folder)
      (set-buffer-multibyte nil)
      (insert bytes)))
  (secure-hash 'sha1 bytes))

(let ((coding-system-for-write 'no-conversion)
      (plan (pop command-line-args-left))
      (result (pop command-line-args-left))
      (folder (pop command-line-args-left)))
  (with-temp-file result
    (dolist (coding (sort (coding-system-list t) #'string<))
      (insert (format "name %s\n" (mapconcat #'symbol-name (coding-system-aliases coding) " "))))
    (dolist (line (split-string (with-temp-buffer (insert-file-contents plan) (buffer-string)) "\n" t))
      (let* ((words (split-string line))
             (name (car words))
             (coding (intern (if (memq (coding-system-eol-type (intern name)) '(0 1 2)) name (concat name "-unix"))))
             (decoded (mapconcat (lambda (row) (text-of (decode-coding-string row coding) coding))
                                 (rows-of (cadr words)) "")))
        (insert (format "digest %s %s %s\n" name
                        (put folder name "decode" decoded)
                        (put folder name "encode" (encode-coding-string every-character coding))))))))
