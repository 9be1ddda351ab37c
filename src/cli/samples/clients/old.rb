# Read before a sample: Ruby sets what it speaks by itself, after OpenSSL read its configuration.
require "openssl"

OpenSSL::SSL::SSLSocket.prepend(Module.new do
  def initialize(io, context = OpenSSL::SSL::SSLContext.new)
    unless context.frozen?
      context.min_version = :TLS1
      context.max_version = :@NEWEST@
      context.ciphers = "DEFAULT:@SECLEVEL=0"
    end
    super
  end
end)
