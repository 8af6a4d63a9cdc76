package server

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
)

// loadCertificates reads every pair.
func loadCertificates(files []CertificateFiles) ([]tls.Certificate, error) {
	certs := make([]tls.Certificate, 0, len(files))
	for _, f := range files {
		c, err := tls.LoadX509KeyPair(f.Cert, f.Key)
		if err != nil {
			return nil, fmt.Errorf("cannot use the certificate %s with the key %s: %w; both must be PEM files that belong together", f.Cert, f.Key, err)
		}
		certs = append(certs, c)
	}
	return certs, nil
}

// loadClientCA reads the certificates that sign station certificates; "" is none.
func loadClientCA(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read --client-ca: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("--client-ca %s holds no certificate in PEM form", path)
	}
	return pool, nil
}
