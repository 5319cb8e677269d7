;;; emacs.el --- performs a conformance scenario in Emacs  -*- lexical-binding: t -*-

;; emacs -Q --batch -l emacs.el SCENARIO.json FOLDER: prints the transcript.  The counterpart of driver.ts; README.md
;; says what scenarios are made of.  Status 2: a problem of the scenario or of this driver, 3: a step that is not
;; offered.  The environment variable CONFORMANCE_DIR names the folder with `peers/'.

;;; Code:

(require 'cl-lib)
(require 'json)

(define-error 'driver-problem "driver")

(defvar driver-folder nil "Where sockets and files of the scenario go; no slash at its end.")
(defvar driver-processes nil "(ID . PROCESS), the newest first.")
(defvar driver-counts (make-hash-table :test #'equal) "Server's id -> clients that have an id.")
(defvar driver-peers nil "(ID PORT PID OUTPUT-FILE), the newest first.")
(defvar driver-logs (make-hash-table :test #'equal) "Id -> events, the newest first.")
(defvar driver-heard (make-hash-table :test #'equal) "Id -> all that its recording filter was given.")
(defvar driver-fired (make-hash-table :test #'equal) "(ID . RULE) -> how often it was performed.")
(defvar driver-records nil "Records of the scenario's own steps, the newest first.")

;; What the running callback was called with; `driver-context' is the id whose log its steps go to.
(defvar driver-context nil)
(defvar driver-self nil)
(defvar driver-client nil)
(defvar driver-received nil)

(defun driver-problem (format &rest args)
  (signal 'driver-problem (list (apply #'format-message format args))))

;;; JSON.  Objects are read as plists with keywords, arrays as vectors, null and false as nil.  To be printed: nil,
;;; t, `:false', numbers, strings, vectors, and hash tables made by `driver-object'.

(defun driver-read (file)
  (with-temp-buffer
    (let ((coding-system-for-read 'utf-8-unix)) (insert-file-contents file))
    (json-parse-buffer :object-type 'plist :null-object nil :false-object nil)))

(defun driver-object (&rest members)
  "An object to be printed: key, value, ..."
  (let ((table (make-hash-table :test #'equal)))
    (cl-loop for (key value) on members by #'cddr do (puthash key value table))
    table))

(defun driver-merge (&rest tables)
  (let ((all (make-hash-table :test #'equal)))
    (dolist (table tables all)
      (when table (maphash (lambda (key value) (puthash key value all)) table)))))

(defun driver-is-object (v) (keywordp (car-safe v)))

(defun driver-has (v key) (and (driver-is-object v) (plist-member v key)))

(defun driver-key-name (key) (substring (symbol-name key) 1))

(defun driver-strings (v)
  "A vector of strings as a list."
  (append v nil))

(defun driver-normal (text ports)
  "TEXT without what differs from run to run: the folder, and PORTS, a list of (PORT . NAME)."
  (replace-regexp-in-string
   "[0-9]+" (lambda (run) (or (alist-get (string-to-number run) ports) run))
   (replace-regexp-in-string (regexp-quote driver-folder) "<dir>" text t t)
   t t))

(defun driver-escaped (char multibyte)
  "CHAR of a string as JSON in ASCII; a byte that is no character is a lone surrogate."
  (cond ((>= char #x3fff80) (format "\\u%04x" (+ #xdc00 (- char #x3fff00))))
        ((and (not multibyte) (>= char #x80)) (format "\\u%04x" (+ #xdc00 char)))
        ((> char #x10ffff) (format "<character %x>" char))
        ((> char #xffff)
         (let ((rest (- char #x10000)))
           (format "\\u%04x\\u%04x" (logior #xd800 (ash rest -10)) (logior #xdc00 (logand rest #x3ff)))))
        ((memq char '(?\" ?\\)) (string ?\\ char))
        ((or (< char ?\s) (> char ?~)) (format "\\u%04x" char))
        (t (string char))))

(defun driver-json-string (text ports)
  (let* ((text (driver-normal text ports)) (multibyte (multibyte-string-p text)))
    (concat "\"" (mapconcat (lambda (char) (driver-escaped char multibyte)) text "") "\"")))

(defun driver-json (v ports)
  (cond ((null v) "null")
        ((eq v t) "true")
        ((eq v :false) "false")
        ((stringp v) (driver-json-string v ports))
        ((numberp v)
         (let ((name (alist-get v ports))) (if name (driver-json name nil) (number-to-string v))))
        ((vectorp v) (concat "[" (mapconcat (lambda (x) (driver-json x ports)) v ",") "]"))
        ((hash-table-p v)
         (concat "{"
                 (string-join (cl-loop for key being the hash-keys of v using (hash-values x)
                                       collect (concat (driver-json-string key ports) ":" (driver-json x ports)))
                              ",")
                 "}"))
        (t (driver-problem "cannot print %S" v))))

;;; Processes and their ids

(defun driver-bind (id process)
  (setq driver-processes (cons (cons id process) (assoc-delete-all id driver-processes))))

(defun driver-end-of (process)
  "What a server and the clients it accepted have in common: the port, or the path."
  (let ((local (process-contact process :local t)))
    (if (vectorp local) (aref local (1- (length local))) local)))

(defun driver-server-of (process)
  "The id of the server that accepted PROCESS, or nil."
  (let ((end (driver-end-of process)))
    (and end (not (equal end "")) (not (process-contact process :server t))
         (cl-loop for (id . other) in driver-processes
                  when (and (process-contact other :server t)
                            (not (eq (process-contact other :type t) 'datagram))
                            (equal (driver-end-of other) end))
                  return id))))

(defun driver-id (process)
  (or (car (rassq process driver-processes))
      (let ((server (driver-server-of process)))
        (when server
          (let ((id (format "%s#%d" server (cl-incf (gethash server driver-counts 0)))))
            (driver-bind id process)
            id)))
      (format "?%s" (process-name process))))

(defun driver-scan ()
  "Give ids to connections accepted since, the oldest first."
  (mapc #'driver-id (reverse (process-list))))

(defun driver-process (id)
  (driver-scan)
  (or (cdr (assoc id driver-processes)) (driver-problem "no process '%s'" id)))

(defun driver-port-of (id)
  (or (cadr (assoc id driver-peers))
      (let* ((process (driver-process id)) (end (driver-end-of process)))
        (if (integerp end) end (process-contact process :service)))))

(defun driver-ports ()
  "(PORT . NAME) of temporary ports; the first name counts."
  (let ((ports nil)
        (contacts (cl-loop for (id . process) in (reverse driver-processes)
                           unless (eq (process-status process) 'connect)
                           collect (cons id (process-contact process t)))))
    (cl-flet ((add (port name)
                (when (and (integerp port) (>= port 10000) (not (assq port ports)))
                  (push (cons port (format "<port:%s>" name)) ports)))
              (port (address)
                (and (vectorp address) (memq (length address) '(5 9)) (aref address (1- (length address))))))
      (cl-loop for (id port) in (reverse driver-peers) do (add port id))
      (cl-loop for (id . contact) in contacts do
               (add (port (plist-get contact :local)) id)
               (when (plist-get contact :server) (add (plist-get contact :service) id)))
      (cl-loop for (id . contact) in contacts do (add (port (plist-get contact :remote)) (concat id ".remote"))))
    ports))

;;; What scenarios say, as Lisp values

(defun driver-hex (hex)
  (let ((digits (replace-regexp-in-string "[ \n]" "" hex)))
    (apply #'unibyte-string
           (cl-loop for i from 0 below (length digits) by 2
                    collect (string-to-number (substring digits i (+ i 2)) 16)))))

(defun driver-file (name) (concat driver-folder "/" name))

(defun driver-value (v)
  (cond ((vectorp v) (mapcar #'driver-value v))
        ((not (driver-is-object v)) v)
        (t
         (let ((given (cadr v)))
           (pcase (car v)
             (:symbol (intern given))
             (:vector (apply #'vector (mapcar #'driver-value given)))
             (:cons (cons (driver-value (aref given 0)) (driver-value (aref given 1))))
             (:bytes (driver-hex given))
             ((or :repeat :times)
              (apply #'concat (make-list (plist-get v :times) (plist-get v :repeat))))
             (:portOf (driver-port-of given))
             (:portStringOf (number-to-string (driver-port-of given)))
             (:file (driver-file given))
             (:localOf (process-contact (driver-process given) :local))
             (:remoteOf (process-contact (driver-process given) :remote))
             (:buffer (get-buffer given))
             (:proc (driver-designator given))
             (:received driver-received)
             (_ (driver-problem "unknown value %S" v)))))))

(defun driver-text (v)
  "What is sent for V: strings as text, also when they are ASCII; bytes as bytes."
  (let ((text (driver-value v)))
    (if (stringp v) (string-to-multibyte v) text)))

(defun driver-symbol (v)
  (if (stringp v) (intern v) (driver-value v)))

(defun driver-coding (v)
  (if (driver-has v :decode)
      (cons (driver-symbol (plist-get v :decode)) (driver-symbol (plist-get v :encode)))
    (driver-symbol v)))

(defun driver-plist (v)
  (if (or (not (driver-is-object v)) (memq (car v) '(:symbol :vector :bytes)))
      (driver-value v)
    (cl-loop for (key x) on v by #'cddr
             append (list (intern (driver-key-name key)) (driver-value x)))))

(defun driver-designator (v)
  "A process for V, or what a scenario passes in its place."
  (cond ((and driver-self (equal v "self")) driver-self)
        ((and driver-client (equal v "client")) driver-client)
        ((stringp v) (driver-process v))
        ((driver-has v :name) (plist-get v :name))
        (t (driver-value v))))

(defun driver-keyword (key v)
  "The value of a keyword of `make-network-process'."
  (pcase key
    ((or :type :family) (driver-symbol v))
    (:coding (driver-coding v))
    (:filter (driver-filter v))
    (:sentinel (driver-sentinel v))
    (:log (driver-log-function v))
    (:plist (driver-plist v))
    (:tls-parameters (message "TLS is not offered") (kill-emacs 3))
    (_ (driver-value v))))

;;; Lisp values in transcripts

(defun driver-shown (v)
  (cond ((or (memq v '(nil t)) (numberp v) (stringp v)) v)
        ((symbolp v) (driver-object "symbol" (symbol-name v)))
        ((processp v) (driver-object "process" (driver-id v)))
        ((bufferp v) (driver-object "buffer" (buffer-name v)))
        ((markerp v) (marker-position v))
        ((functionp v) (driver-object "function" t))
        ((vectorp v) (driver-object "vector" (cl-map 'vector #'driver-shown v)))
        ((proper-list-p v) (cl-map 'vector #'driver-shown v))
        ((consp v) (driver-object "cons" (vector (driver-shown (car v)) (driver-shown (cdr v)))))
        (t (driver-object "other" (symbol-name (type-of v))))))

(defun driver-is-default (f)
  (memq f '(internal-default-process-filter internal-default-process-sentinel)))

(defun driver-function-kind (f)
  (cond ((driver-is-default f) "default") ((memq f '(nil t)) f) (t "function")))

(defun driver-buffer-name (buffer)
  (if (bufferp buffer) (or (buffer-name buffer) (driver-object "killed" t)) (driver-shown buffer)))

(defun driver-members (plist show)
  "PLIST as an object: the first of equal keys, without nil values; SHOW is given key and value."
  (let ((seen nil) (table (driver-object)))
    (cl-loop for (key v) on plist by #'cddr
             unless (memq key seen) do
             (push key seen)
             (when v (puthash (symbol-name key) (funcall show key v) table)))
    table))

(defun driver-shown-plist (plist)
  (driver-members plist (lambda (_key v) (driver-shown v))))

(defun driver-shown-coding (coding)
  (driver-object "decode" (symbol-name (car coding)) "encode" (symbol-name (cdr coding))))

(defun driver-shown-contact (key v)
  (cond ((eq key :plist) (driver-shown-plist v))
        ((or (null v) (driver-is-default v)) nil)
        ((eq key :buffer) (driver-buffer-name v))
        ((and (eq key :coding) (consp v)) (driver-shown-coding v))
        ((and (memq key '(:coding :type :family)) (symbolp v)) (symbol-name v))
        (t (driver-shown v))))

(defun driver-whole-contact (contact)
  (let ((table (driver-members contact #'driver-shown-contact)))
    (maphash (lambda (key v) (unless v (remhash key table))) table)
    table))

(defun driver-shown-error (signalled)
  (let* ((kind (symbol-name (car signalled))) (data (cdr signalled))
         (strings (cl-loop for x in data while (stringp x) collect x)))
    (if (eq (car signalled) 'wrong-type-argument)
        (driver-object "error" kind "data" (cl-map 'vector #'driver-shown data))
      (driver-object "error" kind
                     "message" (replace-regexp-in-string
                                "[`‘’]" "'"
                                (if strings (string-join strings ": ") (error-message-string signalled)))))))

;;; Logs and callbacks

(defun driver-log (id event) (push event (gethash id driver-logs)))

(defun driver-perform-rules (description id text)
  (dolist (rule (driver-strings (plist-get description :rules)))
    (let* ((key (cons id rule)) (before (gethash key driver-fired 0)) (when-text (plist-get rule :when)))
      (when (and (< before (or (plist-get rule :times) 1))
                 (or (null when-text) (string-search when-text text)))
        (puthash key (1+ before) driver-fired)
        (let ((driver-context id)) (driver-run (plist-get rule :do)))))))

(defun driver-rules (description id text)
  "Perform what the callback's DESCRIPTION wants; an error that leaves the callback is recorded."
  (when (driver-is-object description)
    (condition-case signalled
        (driver-perform-rules description id text)
      (driver-problem (message "%s" (error-message-string signalled)) (kill-emacs 2))
      (error (driver-log id (driver-object "threw" (driver-shown-error signalled)))
             (signal (car signalled) (cdr signalled))))))

(defun driver-filter (description)
  (if (memq description '(nil t)) description
    (lambda (process text)
      (let* ((id (driver-id process))
             (multibyte (if (multibyte-string-p text) t :false))
             (last (car (gethash id driver-logs)))
             (driver-self process) (driver-client nil) (driver-received text))
        (if (and last (gethash "filter" last) (eq (gethash "multibyte" last) multibyte))
            (puthash "filter" (concat (gethash "filter" last) text) last)
          (driver-log id (driver-object "filter" text "multibyte" multibyte)))
        (puthash id (concat (gethash id driver-heard "") text) driver-heard)
        (driver-rules description id (gethash id driver-heard))))))

(defun driver-sentinel (description)
  (and description
       (lambda (process text)
         (let ((id (driver-id process)) (driver-self process) (driver-client nil) (driver-received nil))
           (driver-log id (driver-object "sentinel" text "status" (symbol-name (process-status process))))
           (driver-rules description id text)))))

(defun driver-log-function (description)
  (and description
       (lambda (server client text)
         (let ((id (driver-id server)) (driver-self server) (driver-client client) (driver-received nil))
           (driver-log id (driver-object "log" text "client" (and client (driver-id client))
                                         "status" (and client (symbol-name (process-status client)))))
           (driver-rules description id text)))))

;;; Peers

(defun driver-peer-config (v)
  "JSON text of V, with ports and paths filled in."
  (cond ((vectorp v) (concat "[" (mapconcat #'driver-peer-config v ",") "]"))
        ((or (not (driver-is-object v)) (memq (car v) '(:portOf :file))) (json-encode (driver-value v)))
        (t (concat "{"
                   (string-join (cl-loop for (key x) on v by #'cddr
                                         collect (format "%S:%s" (driver-key-name key) (driver-peer-config x)))
                                ",")
                   "}"))))

(defun driver-lines (file)
  "Complete lines of FILE."
  (with-temp-buffer
    (when (file-exists-p file)
      (let ((coding-system-for-read 'utf-8-unix)) (insert-file-contents file)))
    (goto-char (point-max))
    (split-string (buffer-substring (point-min) (line-beginning-position)) "\n" t)))

(defun driver-peer-lines (id)
  (cdr (driver-lines (or (nth 3 (assoc id driver-peers)) (driver-problem "no peer '%s'" id)))))

(defun driver-start-peer (step)
  "Start a program outside of Emacs' own processes, and wait until it has told its port."
  (let* ((id (plist-get step :id))
         (output (driver-file (format "out-%s" id)))
         (program (format "%s/peers/%s" (getenv "CONFORMANCE_DIR") (plist-get step :program)))
         (config (driver-peer-config (or (plist-get step :config) '(:script []))))
         (default-directory (file-name-as-directory driver-folder))
         (pid (with-temp-buffer
                (call-process "/bin/sh" nil t nil "-c" "node \"$0\" \"$1\" >\"$2\" 2>/dev/null </dev/null & echo $!"
                              program config output)
                (string-to-number (buffer-string))))
         (end (+ (float-time) 10)))
    (push (list id nil pid output) driver-peers)
    (while (and (null (driver-lines output)) (< (float-time) end)) (sleep-for 0.005))
    (let ((first (car (driver-lines output))))
      (unless first (driver-problem "peer '%s' did not start in time" id))
      (setf (nth 1 (assoc id driver-peers)) (string-to-number first)))
    nil))

;;; Waiting

(defun driver-buffer-text (buffer)
  "The whole text whatever the restriction; nil for no or a killed buffer."
  (and (buffer-live-p buffer)
       (with-current-buffer buffer (save-restriction (widen) (buffer-string)))))

(defun driver-holds (kind what)
  (let ((proc (plist-get what :proc)) (contains (plist-get what :contains)))
    (pcase kind
      (:status
       (let ((status (symbol-name (process-status (driver-designator proc)))) (is (plist-get what :is)))
         (if (vectorp is) (cl-find status is :test #'equal) (equal status is))))
      (:buffer (string-search contains (or (driver-buffer-text (get-buffer (plist-get what :name))) "")))
      (:text (string-search contains (or (driver-buffer-text (process-buffer (driver-designator proc))) "")))
      (:filter
       (let ((heard (gethash proc driver-heard "")))
         (if (plist-get what :length)
             (>= (length heard) (plist-get what :length))
           (string-search (driver-value contains) heard))))
      (:sentinel
       (cl-some (lambda (event) (string-search contains (gethash "sentinel" event "")))
                (gethash proc driver-logs)))
      (:events (>= (length (gethash proc driver-logs)) (plist-get what :count)))
      (:accepted
       (driver-scan)
       (>= (gethash (plist-get what :server) driver-counts 0) (plist-get what :count)))
      (:peer (cl-some (lambda (line) (string-search contains line)) (driver-peer-lines (plist-get what :id))))
      (:gone (not (memq (driver-designator proc) (process-list))))
      (_ (driver-problem "unknown condition %s" kind)))))

(defun driver-handle-events (test seconds)
  "Handle events until TEST gives non-nil or SECONDS are over; what TEST gave."
  (let ((end (+ (float-time) seconds)) (result nil))
    (while (and (not (setq result (funcall test))) (< (float-time) end))
      (accept-process-output nil 0.005))
    result))

(defun driver-wait (step)
  (pcase-let ((`(,kind ,what) (plist-get step :for)))
    (unless (driver-handle-events (lambda () (driver-holds kind what))
                                  (/ (or (plist-get step :timeoutMs) 8000) 1000.0))
      (driver-object "timeout" t))))

;;; Observing

(defun driver-truth (v) (if v t :false))

(defun driver-name-of (symbol) (and symbol (symbol-name symbol)))

(defun driver-property (p what)
  (pcase what
    ("status" (driver-name-of (process-status p)))
    ("name" (process-name p))
    ("type" (driver-name-of (process-type p)))
    ("command" (driver-shown (process-command p)))
    ("exitStatus" (process-exit-status p))
    ("buffer" (driver-buffer-name (process-buffer p)))
    ("text" (driver-buffer-text (process-buffer p)))
    ("mark" (marker-position (process-mark p)))
    ("plist" (driver-shown-plist (process-plist p)))
    ("coding" (let ((coding (process-coding-system p)))
                (driver-object "decode" (driver-name-of (car coding)) "encode" (driver-name-of (cdr coding)))))
    ("decode" (driver-name-of (car (process-coding-system p))))
    ("encode" (driver-name-of (cdr (process-coding-system p))))
    ("filter" (driver-function-kind (process-filter p)))
    ("sentinel" (driver-function-kind (process-sentinel p)))
    ("query" (driver-shown (process-query-on-exit-flag p)))
    ("datagramAddress" (driver-shown (process-datagram-address p)))
    ("listed" (driver-truth (memq p (process-list))))
    ("live" (driver-truth (process-live-p p)))
    ("filterMultibyte" (driver-truth (process-filter-multibyte-p p)))
    (_ (driver-problem "cannot observe '%s' of a process" what))))

(defun driver-observe-process (p what)
  "(NAME . VALUE) of one observation."
  (pcase what
    (`(:contact ,key)
     (cond ((null key) (cons "contact" (driver-shown (process-contact p))))
           ((eq key t) (cons "contact t" (driver-whole-contact (process-contact p t))))
           (t (cons (concat "contact " key)
                    (driver-shown-contact (intern key) (process-contact p (intern key)))))))
    (`(:get ,key) (cons (concat "get " key) (driver-shown (process-get p (intern key)))))
    (_ (cons what (driver-property p what)))))

(defun driver-observe-buffer (buffer what)
  (pcase what
    ("exists" (driver-truth buffer))
    ("text" (driver-buffer-text buffer))
    ("point" (and buffer (with-current-buffer buffer (point))))
    ("pointMin" (and buffer (with-current-buffer buffer (point-min))))
    ("pointMax" (and buffer (with-current-buffer buffer (point-max))))
    ("multibyte" (and buffer (driver-truth (buffer-local-value 'enable-multibyte-characters buffer))))
    ("length" (and buffer (buffer-size buffer)))
    ("process" (let ((process (and buffer (get-buffer-process buffer)))) (and process (driver-id process))))
    (_ (driver-problem "cannot observe '%s' of a buffer" what))))

(defun driver-observe (step)
  (let ((what (driver-strings (plist-get step :what))))
    (cond
     ((plist-member step :proc)
      (let ((process (driver-designator (plist-get step :proc))) (table (driver-object)))
        (dolist (w what table)
          (pcase-let ((`(,name . ,value) (driver-observe-process process w)))
            (puthash name value table)))))
     ((plist-member step :buffer)
      (let ((buffer (get-buffer (plist-get step :buffer))) (table (driver-object)))
        (dolist (w what table) (puthash w (driver-observe-buffer buffer w) table))))
     ((plist-member step :peer)
      (driver-object "lines" (vconcat (driver-peer-lines (plist-get step :peer)))))
     ((plist-member step :lookup)
      (let ((process (get-process (plist-get step :lookup))))
        (driver-object "process" (and process (driver-id process)))))
     (t
      (driver-scan)
      (driver-object "processes" (vconcat (sort (mapcar #'process-name (process-list)) #'string-lessp)))))))

;;; Steps

(defun driver-set (step p)
  (let ((v (plist-get step :value)))
    (pcase (plist-get step :what)
      ("buffer" (set-process-buffer p (if (stringp v) (get-buffer-create v) (driver-value v))))
      ("filter" (set-process-filter p (driver-filter v)))
      ("sentinel" (set-process-sentinel p (driver-sentinel v)))
      ("coding" (set-process-coding-system p (driver-symbol (plist-get v :decode))
                                           (driver-symbol (plist-get v :encode))))
      ("plist" (set-process-plist p (driver-plist v)))
      ("query" (set-process-query-on-exit-flag p (driver-value v)))
      ("filterMultibyte" (set-process-filter-multibyte p (driver-value v)))
      ("datagramAddress" (set-process-datagram-address p (driver-value v)))
      ("mark" (set-marker (process-mark p) v (process-buffer p)) nil)
      (what (driver-problem "nothing to set called '%s'" what)))))

(defun driver-change-buffer (step)
  (let ((name (plist-get step :name)))
    (pcase (plist-get step :do)
      ("create" (get-buffer-create name))
      ("kill" (kill-buffer name))
      ("insert" (with-current-buffer (get-buffer-create name)
                  (save-excursion (goto-char (point-max)) (insert (plist-get step :text)))))
      ("erase" (with-current-buffer name (delete-region (plist-get step :from) (plist-get step :to))))
      ("goto" (with-current-buffer name (goto-char (plist-get step :to))))
      ("unibyte" (with-current-buffer (get-buffer-create name) (set-buffer-multibyte nil)))
      ("readOnly" (with-current-buffer (get-buffer-create name) (setq buffer-read-only t)))
      ("narrow" (with-current-buffer name (narrow-to-region (plist-get step :from) (plist-get step :to))))
      ("widen" (with-current-buffer name (widen)))
      (what (driver-problem "nothing to do to a buffer called '%s'" what)))))

(defun driver-make (step)
  (let* ((bindings (plist-get step :let))
         (variables (cl-loop for (key _) on bindings by #'cddr collect (intern (driver-key-name key))))
         (values (cl-loop for (_ v) on bindings by #'cddr collect (driver-value v)))
         (args (cl-loop for (key v) on (plist-get step :args) by #'cddr
                        append (list key (driver-keyword key v)))))
    (cl-progv variables values (apply #'make-network-process args))))

(defun driver-bound (step process)
  "PROCESS, by the id that STEP wants for it."
  (when (and (processp process) (plist-get step :id)) (driver-bind (plist-get step :id) process))
  process)

(defun driver-call (step)
  "A function by its name; a symbol that it gives is shown as a string, as other drivers have no symbols."
  (let ((value (driver-bound step (apply (intern (plist-get step :function))
                                         (mapcar #'driver-value (plist-get step :args))))))
    (driver-object "returned" (if (memq value '(nil t)) value
                                (if (symbolp value) (symbol-name value) (driver-shown value))))))

(defun driver-perform (step)
  "What STEP has to report: an object or nil."
  (let ((op (plist-get step :op)) (proc (lambda () (driver-designator (plist-get step :proc)))))
    (cl-flet ((wanted (value) (and (plist-get step :returns) (driver-object "returned" (driver-shown value)))))
      (pcase op
        ("make" (wanted (driver-bound step (driver-make step))))
        ("call" (driver-call step))
        ("send" (process-send-string (funcall proc) (driver-text (plist-get step :text))) nil)
        ("sendRegion"
         (let ((process (funcall proc)))
           (with-current-buffer (plist-get step :buffer)
             (process-send-region process (plist-get step :from) (plist-get step :to))))
         nil)
        ("sendEof" (process-send-eof (funcall proc)) nil)
        ("stop" (stop-process (funcall proc)) nil)
        ("continue" (continue-process (funcall proc)) nil)
        ("delete" (delete-process (funcall proc)) nil)
        ("option"
         (wanted (set-network-process-option (funcall proc) (intern (plist-get step :option))
                                             (driver-value (plist-get step :value)) (plist-get step :noError))))
        ("set" (wanted (driver-set step (funcall proc))))
        ("put" (process-put (funcall proc) (intern (plist-get step :key)) (driver-value (plist-get step :value))) nil)
        ("buffer" (driver-change-buffer step) nil)
        ("mkfile" (write-region "" nil (driver-file (plist-get step :path)) nil 'silent) nil)
        ("rm" (delete-file (driver-file (plist-get step :path))) nil)
        ("peer" (driver-start-peer step))
        ("wait" (driver-wait step))
        ("sleep" (driver-handle-events #'ignore (/ (plist-get step :ms) 1000.0)) (driver-scan) nil)
        ("mark"
         (let ((proc (plist-get step :proc)))
           (driver-log (if (and driver-self (member proc '("self" "client"))) (driver-id (driver-designator proc)) proc)
                       (driver-object "mark" (plist-get step :label)))
           nil))
        ("signal"
         (signal (intern (or (plist-get step :error) "error")) (list (plist-get step :message))))
        ("observe" (driver-object "values" (driver-observe step)))
        ("open" (message "open-network-stream is not offered") (kill-emacs 3))
        (_ (driver-problem "unknown op '%s'" op))))))

(defun driver-record (step index result)
  (let* ((label (plist-get step :label))
         (head (apply #'driver-object "op" (plist-get step :op) (and label (list "label" label)))))
    (if driver-context
        (driver-log driver-context (driver-object "did" (driver-merge head result)))
      (push (driver-merge (driver-object "step" index) head result) driver-records))))

(defun driver-step (step index)
  (condition-case signalled
      (let ((result (driver-perform step)))
        (when (and result (not (plist-get step :quiet))) (driver-record step index result)))
    (driver-problem (unless (plist-get step :quiet) (signal (car signalled) (cdr signalled))))
    (error
     (cond ((plist-get step :quiet))
           ;; Inside a callback an error goes up, unless it is to be caught.
           ((and driver-context (not (plist-get step :catch))) (signal (car signalled) (cdr signalled)))
           (t
            (let ((shown (driver-shown-error signalled)))
              (driver-record step index
                             (if (plist-get step :kindOnly) (driver-object "error" (gethash "error" shown)) shown))))))))

(defun driver-run (steps)
  (cl-loop for step across steps for index from 0 do (driver-step step index)))

(defun driver-transcript (id)
  (driver-scan)
  (let ((events (driver-object)))
    (maphash (lambda (id log) (puthash id (vconcat (reverse log)) events)) driver-logs)
    (driver-object "id" id "steps" (vconcat (reverse driver-records)) "events" events)))

(defun driver-main (file folder)
  (let ((scenario (driver-read file)))
    (setq driver-folder (directory-file-name (file-truename folder)))
    (unwind-protect
        (driver-run (plist-get scenario :steps))
      (dolist (peer driver-peers) (signal-process (nth 2 peer) 'TERM)))
    (princ (driver-json (driver-transcript (plist-get scenario :id)) (driver-ports)))
    (terpri)))

;; Emacs at a terminal reports an error in a callback and goes on; in batch mode it would exit.
(setq command-error-function #'ignore)
(setq backtrace-on-error-noninteractive nil kill-buffer-query-functions nil)
(run-with-timer 45 nil (lambda () (message "not done after 45 s") (kill-emacs 2)))
(condition-case signalled
    (driver-main (pop command-line-args-left) (pop command-line-args-left))
  (error (message "%s" (error-message-string signalled)) (kill-emacs 2)))
;; Processes still open have no say in this.
(kill-emacs 0)

;;; emacs.el ends here
